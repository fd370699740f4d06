import { EventEmitter, once } from 'node:events'
import { mock } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import { sql } from 'kysely'
import t from 'tap'
import { down, up } from '../../../plugins/db/index.ts'
import { background, task } from '../../../plugins/tasks/index.ts'
import { tables } from '../../../plugins/tasks/jobs.ts'
import { make, placeOf } from './engines.ts'

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
  t.match(await app.tasks.counts(), { queued: 1, running: 1, failed: 0 })
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
  t.match(await app.tasks.counts(), { queued: 0, running: 0, failed: 0 })
})

t.test('its tables can be taken away again', async t => {
  const { app } = await make(t, 'sqlite', [], { work: false })
  await app.ready()
  const names = async (): Promise<string[]> => (await app.db.introspection.getTables()).map(({ name }) => name).filter(name => /^apikit_(jobs|schedules|workers)$/.test(name))
  t.same(await names(), ['apikit_jobs', 'apikit_schedules', 'apikit_workers'])
  t.same(await down(app.db, 'tasks'), ['tasks/0002_followed_jobs'])
  t.same(await names(), ['apikit_jobs', 'apikit_schedules'])
  t.same(await down(app.db, 'tasks'), ['tasks/0001_jobs'])
  t.same(await names(), [])
  t.same(await up(app.db), ['tasks/0001_jobs', 'tasks/0002_followed_jobs'])
  t.same(await names(), ['apikit_jobs', 'apikit_schedules', 'apikit_workers'])
})

t.test('the jobs of a worker that shows no sign of life run again elsewhere; one that lives keeps them, whatever the clock says', async t => {
  const place = placeOf(t, 'sqlite')
  const events = new EventEmitter()
  const runs: string[] = []
  const slow = task('slow', { payload: Type.String() }, async (name, { id }) => {
    runs.push(`${name} ${id}`)
    events.emit(`begun ${name}`)
    await once(events, 'go')
  })
  const living = await make(t, 'sqlite', [slow], { place, lease: 300 })
  await living.app.ready()
  const begun = once(events, 'begun living')
  const kept = await living.app.tasks.add(slow, 'living')
  await begun
  const { app } = await make(t, 'sqlite', [slow], { place, lease: 300 })
  await app.ready()
  mock.timers.enable({ apis: ['Date'], now: Date.now() + 3_600_000 })
  t.teardown(() => { mock.timers.reset() })
  // Of a process that died.
  const again = once(events, 'begun dead')
  const db = app.db.of(tables)
  const row = { task: 'slow', payload: '"dead"', state: 'running' as const, run_at: new Date(0), added_at: new Date(0), attempts: 1 }
  await db.insertInto('apikit_workers').values({ id: 'dead', beat: 5 }).execute()
  await db.insertInto('apikit_jobs').values([{ ...row, key: 'a', locked_by: 'dead' }]).execute()
  await again
  const second = once(events, 'begun dead')
  await db.insertInto('apikit_jobs').values([{ ...row, key: 'b', locked_by: null }]).execute()
  await second
  events.emit('go')
  await app.tasks.drain()
  t.same(runs, [`living ${kept}`, 'dead a', 'dead b'])
  t.match(await app.tasks.get(kept), { state: 'done', attempts: 1 })
})

t.test('what a worker stores of a job that another has taken over is dropped, and its signal is aborted', async t => {
  const events = new EventEmitter()
  const ended: unknown[] = []
  const slow = task('slow', { payload: Type.Integer() }, async (_payload, { signal }) => {
    signal.addEventListener('abort', () => { ended.push(signal.reason.code) })
    events.emit('begun')
    await once(events, 'go')
  })
  const { app, saying } = await make(t, 'sqlite', [slow], { lease: 300 })
  await app.ready()
  const begun = once(events, 'begun')
  const id = await app.tasks.add(slow, 1)
  await begun
  const said = saying(/taken over/)
  await app.db.of(tables).updateTable('apikit_jobs').set({ locked_by: 'other' }).where('key', '=', id).execute()
  await app.db.of(tables).insertInto('apikit_workers').values({ id: 'other', beat: 1 }).execute()
  t.match(await said, { level: 50, jobId: id })
  t.same(ended, ['APIKIT_ERR_TASK_LOST'])
  t.match(await app.tasks.get(id), { state: 'running' })
})

t.test('a database that fails for a while is tried again, and the end of a job is stored then', async t => {
  const events = new EventEmitter()
  const runs: string[] = []
  const work = task('work', { payload: Type.String() }, async name => {
    runs.push(name)
    events.emit('begun')
    await once(events, `go ${name}`)
  })
  const { app, saying } = await make(t, 'sqlite', [work], { lease: 300 })
  await app.ready()
  for (const name of ['one', 'other']) {
    const begun = once(events, 'begun')
    await app.tasks.add(work, name)
    await begun
  }
  const failures = Promise.all([saying(/task queue cannot be read/), saying(/lease of running tasks cannot be renewed/), saying(/result of a task cannot be stored. It will be tried again/)])
  await sql`alter table apikit_jobs rename to away`.execute(app.db)
  events.emit('go one')
  for (const failure of await failures) t.match(failure, { level: 50, err: { message: /no such table: apikit_jobs/ } })
  await sql`alter table away rename to apikit_jobs`.execute(app.db)
  events.emit('go other')
  await app.tasks.drain()
  t.same(runs, ['one', 'other'])
  t.match(await app.tasks.counts(), { done: 2 })

  const begun = once(events, 'begun')
  await app.tasks.add(work, 'last')
  await begun
  await sql`alter table apikit_jobs rename to away`.execute(app.db)
  const last = saying(/The task will run again/)
  const closed = app.close()
  events.emit('go last')
  t.match(await last, { level: 50 })
  await closed
})

t.test('a database that is closed before the app does not keep the app from closing', async t => {
  const one = task('one', {}, () => {})
  const { app, saying } = await make(t, 'sqlite', [one])
  await app.ready()
  await app.tasks.add(one, {})
  await app.tasks.drain()
  const said = saying(/the task queue could not be closed/)
  await app.db.destroy()
  await app.close()
  t.match(await said, { level: 50, err: { message: /not open/ } })
})

t.test('a job whose process died ten times while it ran has failed', async t => {
  const bad = task('bad', {}, () => { t.fail('it must not run') })
  const { app } = await make(t, 'sqlite', [bad])
  await app.ready()
  await app.db.of(tables).insertInto('apikit_jobs').values({ key: 'a', task: 'bad', payload: '{}', state: 'queued', run_at: new Date(), added_at: new Date(), attempts: 10 }).execute()
  await app.tasks.drain()
  t.match(await app.tasks.get('a'), { state: 'failed', error: /its process died 10 times while it ran/ })
})

t.test('a payload that is no JSON is parked and listed as it is', async t => {
  const some = task('some', {}, () => { t.fail('it must not run') })
  const { app } = await make(t, 'sqlite', [some])
  await app.ready()
  await app.db.of(tables).insertInto('apikit_jobs').values({ key: 'a', task: 'some', payload: '{', state: 'queued', run_at: new Date(), added_at: new Date() }).execute()
  await app.tasks.drain()
  t.match(await app.tasks.list(), [{ id: 'a', state: 'parked', payload: '{' }])
  t.equal(await app.tasks.cancel('a'), true)
})

t.test('a schedule runs on when the clock was set back', async t => {
  const every = task('every', { schedule: { cron: '* * * * *' } }, () => {})
  const { app } = await make(t, 'sqlite', [every])
  await app.ready()
  const db = app.db.of(tables)
  await db.updateTable('apikit_schedules').set({ next_at: new Date(Date.now() + 3_600_000) }).execute()
  const next = async (): Promise<number> => Number((await db.selectFrom('apikit_schedules').select('next_at').executeTakeFirstOrThrow()).next_at) - Date.now()
  while (await next() > 60_000) await setTimeout(5)
  t.match(await app.tasks.counts(), { queued: 0, done: 0 })
})

t.test('short jobs are taken in advance; those that cannot start in time are put back, also when the app closes', async t => {
  const place = placeOf(t, 'sqlite')
  const events = new EventEmitter()
  const ran: string[] = []
  const some = task('some', { payload: Type.String() }, async kind => {
    ran.push(kind)
    if (kind === 'slow') {
      events.emit('begun')
      await once(events, 'go')
    }
  })
  const { app } = await make(t, 'sqlite', [some], { place, concurrency: 1 })
  await app.ready()
  await app.tasks.addMany(some, Array.from({ length: 20 }, () => 'short'))
  await app.tasks.drain()
  const begun = once(events, 'begun')
  await app.tasks.addMany(some, ['slow', 'short', 'short'])
  await begun
  while ((await app.tasks.counts()).running > 1) await setTimeout(5)
  t.match(await app.tasks.counts(), { running: 1, queued: 2 })
  events.emit('go')
  await app.tasks.drain()
  t.equal(ran.length, 23)
  await app.tasks.addMany(some, Array.from({ length: 60 }, () => 'short'))
  await app.tasks.drain()
  const { app: next } = await make(t, 'sqlite', [some], { place, work: false })
  await next.ready()
  const more = once(events, 'begun')
  const ids = await app.tasks.addMany(some, ['slow', 'short', 'short'])
  await more
  t.equal(await app.tasks.cancel(String(ids[2])), true)
  const closed = app.close()
  while ((await next.tasks.counts()).running > 1) await setTimeout(5)
  events.emit('go')
  await closed
  t.match(await next.tasks.get(String(ids[1])), { state: 'queued', attempts: 0 })
  t.match(await next.tasks.get(String(ids[2])), { state: 'cancelled' })
})

t.test('jobs of before are kept when the tables are brought up to date, and when they are taken back', async t => {
  const { app } = await make(t, 'sqlite', [task('old', { payload: Type.Integer() }, () => {})], { work: false })
  await app.ready()
  await down(app.db, 'tasks')
  await sql`insert into apikit_jobs (task, payload, state, run_at, attempts, failures) values ('old', '5', 'queued', ${new Date(0).toISOString()}, 1, 1)`.execute(app.db)
  await up(app.db)
  t.match(await app.tasks.list(), [{ id: '1', task: 'old', payload: 5, state: 'queued', attempts: 1, runAt: new Date(0) }])
  await down(app.db, 'tasks')
  t.match((await sql`select task, payload from apikit_jobs`.execute(app.db)).rows, [{ task: 'old', payload: '5' }])
})

t.test('jobs that cannot be removed after their time are logged, and others run', async t => {
  const place = placeOf(t, 'sqlite')
  const note = task('note', {}, () => {})
  const first = await make(t, 'sqlite', [note], { place })
  await first.app.ready()
  await first.app.tasks.add(note, {})
  await first.app.tasks.drain()
  await sql`create trigger held before delete on apikit_jobs begin select raise(abort, 'held'); end`.execute(first.app.db)
  await first.app.close()
  const { app, saying } = await make(t, 'sqlite', [note], { place, retention: { done: 0 } })
  const said = saying(/cannot be removed/)
  await app.ready()
  t.match(await said, { level: 50, err: { message: /held/ } })
  await app.tasks.add(note, {})
  await app.tasks.drain()
  t.match(await app.tasks.counts(), { done: 2 })
})
