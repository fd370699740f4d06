import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { EventEmitter, once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { type JobAttempt, task } from '../../../plugins/tasks/index.ts'
import { ENGINES, make, type Place, placeOf } from './engines.ts'

const skip = ENGINES[2].skip

async function ask (t: Test, { url }: Place): Promise<(sql: string) => Promise<Array<Record<string, unknown>>>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.teardown(() => client.end())
  return async sql => (await client.query(sql)).rows
}

t.test('pg-boss', { skip }, async t => {
  t.test('a job that PostgreSQL took for dead is run on by its process, not twice; its sign of life is renewed', async t => {
    const place = placeOf(t, 'pg-boss')
    const events = new EventEmitter()
    let runs = 0
    const slow = task('slow', {}, async () => {
      runs++
      events.emit('begun')
      await once(events, 'go')
    })
    const { app } = await make(t, 'pg-boss', [slow], { place })
    await app.ready()
    const sql = await ask(t, place)
    const begun = once(events, 'begun')
    const id = await app.tasks.add(slow, {})
    await begun
    await sql(`update ${place.schema}.job set state = 'retry' where id = '${id}'`)
    const state = async (): Promise<Record<string, unknown>> => (await sql(`select state, retry_count, heartbeat_on > now() - interval '1s' and heartbeat_on > started_on as beat from ${place.schema}.job where id = '${id}'`))[0] as Record<string, unknown>
    while ((await state()).state !== 'active') await setTimeout(5)
    t.match(await state(), { retry_count: 1 })
    while ((await state()).beat !== true) await setTimeout(50)
    events.emit('go')
    await app.tasks.drain()
    t.equal(runs, 1)
    t.match(await app.tasks.get(id), { state: 'done', attempts: 2 })
  })

  t.test('a job that blocks its process for longer than a sign of life lasts is run once', async t => {
    const place = placeOf(t, 'pg-boss')
    const sql = await ask(t, place)
    let runs = 0
    const blocking = task('blocking', {}, async (_payload, { id }) => {
      runs++
      await sql(`update ${place.schema}.job set heartbeat_on = now() - interval '1 hour' where id = '${id}'`)
      // Until the process looks for jobs of dead ones again.
      for (const end = performance.now() + 5500; performance.now() < end;);
    })
    const { app } = await make(t, 'pg-boss', [blocking], { place })
    await app.ready()
    const id = await app.tasks.add(blocking, {})
    await app.tasks.drain()
    // What it looks for next comes behind what it has found.
    const after = await app.tasks.add(blocking, {}, { delay: 3_600_000 })
    t.match(await app.tasks.get(id), { state: 'done', attempts: 1 })
    t.match(await app.tasks.get(after), { state: 'queued' })
    t.equal(runs, 1)
  })

  t.test('the end of a job that was taken for dead is stored, if nobody has taken it', async t => {
    const place = placeOf(t, 'pg-boss')
    const sql = await ask(t, place)
    const doubted = task('doubted', {}, async (_payload, { id }) => {
      await sql(`update ${place.schema}.job set state = 'retry', start_after = now() + interval '1 hour' where id = '${id}'`)
    })
    const { app } = await make(t, 'pg-boss', [doubted], { place })
    await app.ready()
    const id = await app.tasks.add(doubted, {})
    await app.tasks.drain()
    t.match(await app.tasks.get(id), { state: 'done', attempts: 1 })
  })

  t.test('while PostgreSQL is away, routes that add or read jobs answer with 503', async t => {
    const place = placeOf(t, 'pg-boss')
    const server = createServer(near => {
      const far = connect(Number(new URL(place.url).port), new URL(place.url).hostname)
      for (const socket of [near, far]) socket.on('error', () => {})
      near.pipe(far).pipe(near)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const proxied = new URL(place.url)
    proxied.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const note = task('note', {}, () => {})
    const { app } = await make(t, 'pg-boss', [note], { place: { ...place, url: proxied.href }, work: false })
    app.post('/', async () => await app.tasks.add(note, {}))
    app.get('/', async () => await app.tasks.list())
    await app.ready()
    const status = async (method: 'GET' | 'POST'): Promise<number> => (await app.inject({ method, url: '/' })).statusCode
    t.same([await status('POST'), await status('GET')], [200, 200])
    const sql = await ask(t, place)
    await sql(`alter table ${place.schema}.job rename to jobs`)
    t.equal(await status('GET'), 500, 'a mistake is none of it')
    await sql(`alter table ${place.schema}.jobs rename to job`)
    server.close()
    await sql(`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and query like '%${place.schema}%'`)
    t.same([await status('POST'), await status('GET')], [503, 503])
  })

  t.test('schedules are looked for every second, and only where there are some', { timeout: 60_000 }, async t => {
    const place = placeOf(t, 'pg-boss')
    const sql = await ask(t, place)
    const looked = async (): Promise<string> => String((await sql(`select cron_on from ${place.schema}.version`))[0]?.cron_on)
    const { app: idle } = await make(t, 'pg-boss', [task('idle', {}, () => {})], { place })
    await idle.ready()
    t.equal(await looked(), 'null')

    const ran = new Set<string>()
    const events = new EventEmitter()
    const often = task('often', { schedule: { cron: '* * * * *' } }, (_payload, { id }) => {
      ran.add(id)
      events.emit('ran')
    })
    const first = once(events, 'ran')
    const { app } = await make(t, 'pg-boss', [often], { place })
    await app.ready()
    // By the defaults of pg-boss, these are two minutes.
    const times = new Set<string>()
    while (times.size < 5) {
      times.add(await looked())
      await setTimeout(20)
    }
    await first
    // A new minute may have begun.
    t.ok(ran.size <= 2, 'each minute once')
  })

  t.test('a job that another process has is called off, and its end is not stored', async t => {
    const place = placeOf(t, 'pg-boss')
    const events = new EventEmitter()
    const slow = task('slow', {}, async (_payload, { signal }) => {
      events.emit('begun')
      await once(signal, 'abort')
    })
    const { app, saying } = await make(t, 'pg-boss', [slow], { place })
    await app.ready()
    const sql = await ask(t, place)
    const begun = once(events, 'begun')
    const id = await app.tasks.add(slow, {})
    await begun
    const said = saying(/taken over/)
    await sql(`update ${place.schema}.job set retry_count = retry_count + 1 where id = '${id}'`)
    t.match(await said, { level: 50, jobId: id })
    t.match(await app.tasks.get(id), { state: 'running' })
    await sql(`update ${place.schema}.job set heartbeat_on = now() where id = '${id}'`)
  })

  t.test('tasks are noticed by notification, long before the next poll', async t => {
    const place = placeOf(t, 'pg-boss')
    const events = new EventEmitter()
    const note = task('note', {}, () => { events.emit('ran') })
    const { app } = await make(t, 'pg-boss', [note], { place, pollInterval: 600_000 })
    await app.ready()
    const other = await make(t, 'pg-boss', [note], { place, work: false })
    await other.app.ready()
    const ran = once(events, 'ran')
    await other.app.tasks.add(note, {})
    await ran
  })

  t.test('jobs that others put into its schema are listed as they are', async t => {
    const place = placeOf(t, 'pg-boss')
    const { app } = await make(t, 'pg-boss', [task('note', {}, () => {})], { place, work: false })
    await app.ready()
    const sql = await ask(t, place)
    await sql(`insert into ${place.schema}.job (name, data) values ('note', '{"other": 1}')`)
    t.match(await app.tasks.list(), [{ task: 'note', payload: { other: 1 }, state: 'queued', progress: null }])
  })

  t.test('of a job that pg-boss has added itself it is not known how long it waited', async t => {
    const place = placeOf(t, 'pg-boss')
    const { app } = await make(t, 'pg-boss', [task('note', {}, () => {})], { place })
    const told: unknown[] = []
    const listener = (message: unknown): void => { told.push((message as JobAttempt).waited) }
    subscribe('tracing:fastify-apikit:tasks.job:start', listener)
    t.teardown(() => { unsubscribe('tracing:fastify-apikit:tasks.job:start', listener) })
    await app.ready()
    const sql = await ask(t, place)
    await sql(`insert into ${place.schema}.job (name, data) values ('note', '{"payload": {}}')`)
    await app.tasks.drain()
    t.same(told, [null])
  })
})
