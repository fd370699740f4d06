import { EventEmitter, once } from 'node:events'
import { mock } from 'node:test'
import { Type } from '@sinclair/typebox'
import { sql } from 'kysely'
import t from 'tap'
import { down, up } from '../../../plugins/db/index.ts'
import { background, task } from '../../../plugins/tasks/index.ts'
import { tables } from '../../../plugins/tasks/jobs.ts'
import { make } from './engines.ts'

const LEASE = 60_000

t.test('what runs longer than its lease is not taken over, as long as its process lives', async t => {
  const events = new EventEmitter()
  const slow = task('slow', {}, async () => {
    events.emit('begun')
    await once(events, 'go')
  })
  mock.timers.enable({ apis: ['setInterval', 'Date'], now: new Date('2026-01-01T00:00:00Z') })
  t.teardown(() => { mock.timers.reset() })
  const { app } = await make(t, 'sqlite', [slow], { lease: LEASE })
  await app.ready()
  mock.timers.tick(LEASE) // nothing runs yet
  const begun = once(events, 'begun')
  await app.tasks.add(slow, {})
  await begun
  const db = app.db.of(tables)
  for (let third = 1; third <= 4; third++) {
    mock.timers.tick(LEASE / 3)
    // Written, not read: readers do not wait for those who write.
    const [job] = await db.updateTable('apikit_jobs').set({ error: null }).returning('locked_until').execute()
    t.same(job?.locked_until, new Date(Date.now() + LEASE))
  }
  events.emit('go')
  await app.tasks.drain()
  t.same(await app.tasks.list(), [])
})

t.test('a database that fails for a while is tried again; a task of which nothing could be noted runs once more', async t => {
  const events = new EventEmitter()
  const runs: string[] = []
  const work = task('work', { payload: Type.Object({ name: Type.String() }) }, async ({ name }) => {
    const go = once(events, `go ${name}`)
    runs.push(name)
    events.emit(`begun ${name}`)
    await go
  })
  mock.timers.enable({ apis: ['setInterval', 'Date'], now: new Date('2026-01-01T00:00:00Z') })
  t.teardown(() => { mock.timers.reset() })
  const { app, saying } = await make(t, 'sqlite', [work], { lease: LEASE })
  await app.ready()
  for (const name of ['one', 'other']) {
    const begun = once(events, `begun ${name}`)
    await app.tasks.add(work, { name })
    await begun
  }

  await sql`alter table apikit_jobs rename to away`.execute(app.db)
  const failures = Promise.all([saying(/task queue cannot be read/), saying(/lease of running tasks cannot be renewed/), saying(/result of a task cannot be stored/)])
  mock.timers.tick(LEASE / 3)
  events.emit('go one')
  for (const failure of await failures) t.match(failure, { level: 50, err: { message: /no such table: apikit_jobs/ } })
  await sql`alter table away rename to apikit_jobs`.execute(app.db)

  const again = once(events, 'begun one')
  for (let third = 0; third < 4; third++) mock.timers.tick(LEASE / 3)
  await again
  events.emit('go one')
  events.emit('go other')
  await app.tasks.drain()
  t.same(runs, ['one', 'other', 'one'])
  t.same(await app.tasks.list(), [])
})

t.test('so many tasks run at a time; functions in the background do not count', async t => {
  const events = new EventEmitter()
  const runs: number[] = []
  const slow = task('slow', { payload: Type.Object({ n: Type.Integer() }) }, async ({ n }) => {
    runs.push(n)
    events.emit('begun')
    await once(events, 'go')
  })
  const { app } = await make(t, 'sqlite', [slow], { concurrency: 1 })
  app.get('/', { config: { depends: { background } } }, async ({ deps: { background } }) => {
    background.add(() => once(events, 'go'))
    return 'fine'
  })
  await app.inject('/')
  let begun = once(events, 'begun')
  await app.tasks.add(slow, { n: 1 })
  await app.tasks.add(slow, { n: 2 })
  await begun
  t.same(await app.tasks.counts(), { queued: 1, running: 1, failed: 0 })
  begun = once(events, 'begun')
  events.emit('go')
  await begun
  events.emit('go')
  await app.tasks.drain()
  t.same(runs, [1, 2])
})

t.test('without tasks it looks for none', async t => {
  const { app } = await make(t, 'sqlite', [])
  await app.ready()
  t.same(await app.tasks.counts(), { queued: 0, running: 0, failed: 0 })
})

t.test('its tables can be taken away again', async t => {
  const { app } = await make(t, 'sqlite', [], { work: false })
  await app.ready()
  const names = async (): Promise<string[]> => (await app.db.introspection.getTables()).map(({ name }) => name).filter(name => /^apikit_(jobs|schedules)$/.test(name))
  t.same(await names(), ['apikit_jobs', 'apikit_schedules'])
  t.same(await down(app.db, 'tasks'), ['tasks/0001_jobs'])
  t.same(await names(), [])
  t.same(await up(app.db), ['tasks/0001_jobs'])
  t.same(await names(), ['apikit_jobs', 'apikit_schedules'])
})
