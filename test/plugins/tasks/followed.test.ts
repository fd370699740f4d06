import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { EventEmitter, once } from 'node:events'
import { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import { sql } from 'kysely'
import pg from 'pg'
import t from 'tap'
import { session } from '../../../plugins/db/index.ts'
import { Accepted, accepted, background, jobRoutes, type JobAttempt, task } from '../../../plugins/tasks/index.ts'
import responseModel from '../../../plugins/response-model/index.ts'
import responses from '../../../plugins/responses/index.ts'
import { DateTime } from '../../../plugins/types/index.ts'
import { ENGINES, make, placeOf } from './engines.ts'

const UNKNOWN = '00000000-0000-4000-8000-000000000000'
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

for (const { engine, skip } of ENGINES) {
  t.test(engine, { skip }, async t => {
    t.test('a job can be followed by its ID: state, attempts, progress, times, typed result', async t => {
      const events = new EventEmitter()
      const report = task('report', { payload: Type.Object({ n: Type.Integer() }), result: Type.Object({ at: DateTime(), n: Type.Integer() }) }, async ({ n }, { progress }) => {
        await Promise.all([progress(10), progress(20), progress(50)])
        events.emit('begun')
        await once(events, 'go')
        return { at: new Date(0), n, extra: 1 }
      })
      const other = task('other', {}, () => {})
      const { app } = await make(t, engine, [report, other])
      await app.ready()
      const begun = once(events, 'begun')
      const id = await app.tasks.add(report, { n: 5 })
      await begun
      t.match(await app.tasks.get(id), { id, task: 'report', state: 'running', attempts: 1, progress: 50, payload: { n: 5 }, result: null, startedAt: Date, endedAt: null })
      events.emit('go')
      await app.tasks.drain()
      const job = await app.tasks.get(id, report)
      t.match(job, { id, state: 'done', attempts: 1, progress: 50, error: null, addedAt: Date, startedAt: Date, endedAt: Date })
      t.same(job?.result, { at: new Date(0), n: 5 })
      t.same((await app.tasks.get(id))?.result, { at: '1970-01-01T00:00:00Z', n: 5 })
      t.equal(await app.tasks.get(id, other), undefined, 'of another task')
      t.same([await app.tasks.get(UNKNOWN), await app.tasks.get('no id')], [undefined, undefined])
      t.match((await app.tasks.list({ state: 'done' })), [{ id }])
      t.same(await app.tasks.list(), [])
      t.match(await app.tasks.countsByTask(), { report: { done: 1, queued: 0 }, other: { done: 0 } })
      t.equal(await app.tasks.remove(id), true)
      t.equal(await app.tasks.get(id), undefined)
    })

    t.test('a result that does not match its schema is a failed attempt; a text with U+0000 is kept', async t => {
      const odd = task('odd', { payload: Type.Boolean(), result: Type.String() }, right => right ? 'a\0b' : 5 as never)
      const { app } = await make(t, engine, [odd])
      await app.ready()
      const [right, wrong] = await app.tasks.addMany(odd, [true, false])
      await app.tasks.drain()
      t.equal((await app.tasks.get(String(right), odd))?.result, 'a\0b')
      t.match(await app.tasks.get(String(wrong)), { state: 'failed', error: /The result of the task odd is invalid/, endedAt: Date })
    })

    t.test('jobs are added together; the ID of a taken key is that of its job', async t => {
      const note = task('note', { payload: Type.Integer() }, () => {})
      const { app } = await make(t, engine, [note], { work: engine === 'inline' })
      app.post('/', async ({ tasks }) => [await tasks.add(note, 1, { uniqueKey: 'r', delay: 60_000 }), await tasks.add(note, 2, { uniqueKey: 'r' }), ...await tasks.addMany(note, [])])
      if (engine !== 'inline') app.post('/session', { config: { depends: { db: session } } }, async ({ tasks }) => [await tasks.add(note, 1, { uniqueKey: 's' }), await tasks.add(note, 2, { uniqueKey: 's' })])
      await app.ready()
      const delay = 60_000
      const ids = await app.tasks.addMany(note, [1, 2, 3], { delay })
      t.equal(new Set(ids).size, 3)
      t.same((await app.tasks.list()).map(({ id }) => id).sort(), [...ids].sort())
      const first = await app.tasks.add(note, 1, { uniqueKey: 'k', delay })
      t.equal(await app.tasks.add(note, 2, { uniqueKey: 'k', delay }), first)
      t.same(await app.tasks.addMany(note, [], {}), [])
      const [one, two] = (await app.inject({ method: 'POST', url: '/' })).json()
      t.equal(one, two)
      t.match(await app.tasks.get(one), { payload: 1 })
      t.same((await app.inject({ method: 'POST', url: '/' })).json(), [one, one], 'by another request')
      if (engine !== 'inline') {
        const [in1, in2] = (await app.inject({ method: 'POST', url: '/session' })).json()
        t.equal(in1, in2)
      }
      t.same((await app.tasks.list({ task: 'note', limit: 1, offset: 1 })).length, 1)
      t.same(await app.tasks.list({ task: 'none' }), [])
      t.same(await app.tasks.list({ task: 'note\0' }), [])
      t.same(await app.tasks.list({ limit: 0 }), [])
      for (const filter of [{ limit: -1 }, { limit: 1.5 }, { offset: NaN }, { offset: '1' as unknown as number }]) await t.rejects(app.tasks.list(filter), { code: 'APIKIT_ERR_TASK', message: /(limit|offset) must be an integer ≥ 0, got / })
      await t.rejects(app.tasks.list({ state: 'x' as 'done' }), { code: 'APIKIT_ERR_TASK', message: /state must be one of queued, .*, got 'x'/ })
      for (const delay of [NaN, -1, 1e20, '5'] as number[]) await t.rejects(app.tasks.add(note, 1, { delay }), { code: 'APIKIT_ERR_TASK', message: /delay must be a number of milliseconds ≥ 0, at most \d+, got / })
      for (const uniqueKey of [5, {}, null] as unknown as string[]) await t.rejects(app.tasks.add(note, 1, { uniqueKey }), { code: 'APIKIT_ERR_TASK', message: /uniqueKey must be a string, got / })
      await t.rejects(app.tasks.add(undefined as never, 1 as never), { code: 'APIKIT_ERR_TASK', message: /needs a task made by task\(\), got undefined/ })
      await t.rejects(app.tasks.add(note, 1, { priority: 1.5 }), { code: 'APIKIT_ERR_TASK', message: /priority must be an integer/ })
      await t.rejects(app.tasks.add(note, 1, { traceparent: 'x' }), { code: 'APIKIT_ERR_TASK', message: /traceparent must be/ })
    })

    t.test('what is thrown, and a progress that is none, may be anything: the job ends, and so does the app', async t => {
      const hostile = (): unknown => new Proxy({}, { get () { throw new Error('no') } })
      const bad = task('bad', { payload: Type.Object({}), onFailed () { throw hostile() } }, async (_payload, { progress }) => {
        for (const value of ['x', 5n, NaN, Infinity, hostile()] as number[]) progress(value)
        throw hostile()
      })
      const { app, logged } = await make(t, engine, [bad])
      await app.ready()
      const id = await app.tasks.add(bad, {})
      await app.tasks.drain()
      t.match(await app.tasks.get(id), { state: 'failed', progress: null, error: 'A value was thrown that has no text' })
      t.equal(logged.filter(({ msg }) => msg === 'the progress of a job was not stored').length, 5)
      t.throws(() => task('long', { timeout: 2 ** 31 }, () => {}), { code: 'APIKIT_ERR_INVALID_OPTIONS' }, 'Node’s timers would fire at once')
    })

    t.test('a queued job is cancelled, and run again; the signal of a running one is aborted', async t => {
      const events = new EventEmitter()
      const ran: string[] = []
      const slow = task('slow', { payload: Type.String() }, async (name, { signal }) => {
        ran.push(name)
        events.emit('begun')
        if (name !== 'first') return
        const aborted = once(signal, 'abort')
        await aborted
        ran.push(String(signal.reason.code))
      })
      const { app, logged } = await make(t, engine, [slow])
      await app.ready()
      const later = await app.tasks.add(slow, 'later', { delay: 3_600_000, uniqueKey: 'k' })
      t.equal(await app.tasks.cancel(later), true)
      t.match(await app.tasks.get(later), { state: 'cancelled', endedAt: Date })
      t.same([await app.tasks.cancel(later), await app.tasks.cancel(UNKNOWN), await app.tasks.cancel('no id')], [false, false, false])
      const begun = once(events, 'begun')
      const first = await app.tasks.add(slow, 'first')
      await begun
      t.equal(await app.tasks.cancel(first), true)
      await app.tasks.drain()
      t.match(await app.tasks.get(first), { state: 'cancelled', attempts: 1 })
      t.match(logged.find(({ msg }) => /cancelled/.test(msg)), { task: 'slow', jobId: first })
      t.equal(await app.tasks.retry(later), true)
      await app.tasks.drain()
      t.same(ran, ['first', 'APIKIT_ERR_TASK_CANCELLED', 'later'])
      t.match(await app.tasks.get(later), { state: 'done' })
    })

    t.test('those of a higher priority run first; a task runs no more at once than it allows, and starts no more in a time', async t => {
      const ran: string[] = []
      let running = 0
      let most = 0
      const one = task('one', { payload: Type.String(), concurrency: 1 }, async name => {
        most = Math.max(most, ++running)
        await new Promise(resolve => { setImmediate(resolve) })
        ran.push(name)
        running--
      })
      const starts: number[] = []
      const rated = task('rated', { rateLimit: { max: 2, per: 300 } }, () => { starts.push(performance.now()) })
      const place = placeOf(t, engine)
      const { app } = await make(t, engine, [one, rated], { place, ...engine !== 'inline' && { work: false } })
      await app.ready()
      await app.tasks.add(one, 'low')
      await app.tasks.add(one, 'high', { priority: 5 })
      await app.tasks.add(one, 'middle', { priority: 1 })
      await app.tasks.add(one, 'top', { priority: 9 })
      await app.tasks.addMany(rated, [{}, {}, {}])
      const worker = engine === 'inline' ? app : (await make(t, engine, [one, rated], { place })).app
      await worker.ready()
      await worker.tasks.drain()
      // Inline, the first has started when the others are added.
      t.same(ran, engine === 'inline' ? ['low', 'top', 'high', 'middle'] : ['top', 'high', 'middle', 'low'])
      t.equal(most, 1)
      t.ok((starts[2] as number) - (starts[0] as number) >= 299)
    })

    if (engine !== 'inline') {
      t.test('a rate is one of starts: a job that was taken and waits for another has not started', async t => {
        const starts: number[] = []
        const long = task('long', {}, async () => { await new Promise(resolve => { setTimeout(resolve, 400) }) })
        const rated = task('rated', { rateLimit: { max: 1, per: 500 } }, () => { starts.push(performance.now()) })
        const place = placeOf(t, engine)
        const { app } = await make(t, engine, [long, rated], { place, work: false })
        await app.ready()
        await app.tasks.add(long, {}, { priority: 1 })
        await app.tasks.addMany(rated, [{}, {}])
        const { app: worker } = await make(t, engine, [long, rated], { place, concurrency: 1 })
        await worker.ready()
        await worker.tasks.drain()
        t.ok((starts[1] as number) - (starts[0] as number) >= 499)
      })
    }

    t.test('onFailed is called when a job has failed for good, and what it throws is logged', async t => {
      const told: unknown[] = []
      const fails = task('fails', {
        payload: Type.Object({ n: Type.Integer() }),
        retries: 1,
        backoff: { initial: 0 },
        onFailed: ({ error, id, payload, app, log }) => {
          told.push([String(error), id, payload, typeof app.tasks.add, typeof log.info])
          throw new Error('told in vain')
        }
      }, () => { throw new Error('no') })
      const { app, logged } = await make(t, engine, [fails])
      await app.ready()
      const id = await app.tasks.add(fails, { n: 1 })
      await app.tasks.drain()
      t.same(told, [['Error: no', id, { n: 1 }, 'function', 'function']])
      t.match(logged.find(({ msg }) => /onFailed/.test(msg)), { level: 50, err: { message: 'told in vain' }, jobId: id })
    })

    t.test('the request ID and the trace context travel into the lines of the job; channels tell of it', async t => {
      const told: Array<[string, Partial<JobAttempt>]> = []
      const names = ['fastify-apikit:tasks.added', 'fastify-apikit:tasks.failed', 'tracing:fastify-apikit:tasks.job:start', 'tracing:fastify-apikit:tasks.job:asyncEnd', 'tracing:fastify-apikit:tasks.job:error']
      for (const name of names) {
        const listener = (message: unknown): void => { told.push([name, { ...message as JobAttempt }]) }
        subscribe(name, listener)
        t.teardown(() => { unsubscribe(name, listener) })
      }
      const greet = task('greet', {}, (_payload, { log, requestId, traceparent }) => { log.info({ given: [requestId, traceparent] }, 'hello') })
      const fails = task('fails', {}, () => { throw new Error('no') })
      const { app, logged } = await make(t, engine, [greet, fails])
      app.post('/', async ({ id, tasks }) => [id, await tasks.add(greet, {})])
      const [reqId, id] = (await app.inject({ method: 'POST', url: '/', headers: { traceparent: TRACE } })).json()
      await app.tasks.drain()
      t.match(logged.find(({ msg }) => msg === 'hello'), { task: 'greet', jobId: id, reqId, traceparent: TRACE, given: [reqId, TRACE] })
      t.match(await app.tasks.get(id), { requestId: reqId, traceparent: TRACE })
      await app.inject({ method: 'POST', url: '/', headers: { traceparent: 'forged\n' } })
      await app.tasks.drain()
      t.match(told.slice(0, 3), [
        [names[0], { id, task: 'greet', requestId: reqId, traceparent: TRACE }],
        [names[2], { id, task: 'greet', requestId: reqId, traceparent: TRACE, attempt: 1, waited: Number }],
        [names[3], { id, ending: 'done', duration: Number }]
      ])
      t.match(told[3], [names[0], { traceparent: null }])
      told.length = 0
      const failed = await app.tasks.add(fails, {})
      await app.tasks.drain()
      t.same(told.map(([name]) => name), [names[0], names[2], names[1], names[4], names[3]])
      t.match(told.at(-1)?.[1], { id: failed, ending: 'failed', error: { message: 'no' } })
    })

    t.test('202 with a status URL: the routes of a task tell the state of its jobs, and cancel them', async t => {
      const events = new EventEmitter()
      const report = task('report', { payload: Type.Object({ n: Type.Integer() }), result: Type.Object({ total: Type.Integer() }) }, async ({ n }) => {
        await once(events, 'go')
        return { total: n }
      })
      const plain = task('plain', {}, () => {})
      const { app } = await make(t, engine, [report, plain])
      for (const plugin of [responseModel, responses]) await app.register(plugin)
      app.post('/reports', { schema: { body: Type.Object({ n: Type.Integer() }), response: { 202: Accepted } } }, async ({ body, tasks }, reply) =>
        accepted(reply, await tasks.add(report, body as { n: number }), '/reports'))
      await app.register(jobRoutes(report), { prefix: '/reports' })
      await app.register(jobRoutes(plain, { cancel: false }), { prefix: '/plain' })
      const answer = await app.inject({ method: 'POST', url: '/reports', body: { n: 5 } })
      const { id, status_url: url } = answer.json()
      t.same([answer.statusCode, answer.headers.location, url], [202, `/reports/${id}`, `/reports/${id}`])
      t.match(['queued', 'running'].includes((await app.inject(url)).json().state), true)
      const tick = setInterval(() => { events.emit('go') }, 5)
      await app.tasks.drain()
      clearInterval(tick)
      const { added_at: added, started_at: started, ended_at: ended, ...rest } = (await app.inject(url)).json()
      t.same(rest, { id, state: 'done', attempts: 1, progress: null, result: { total: 5 } })
      t.ok([added, started, ended].every(time => !Number.isNaN(Date.parse(time))))
      t.equal((await app.inject(`/plain/${id}`)).statusCode, 404, 'of another task')
      t.equal((await app.inject({ method: 'DELETE', url: `/plain/${id}` })).statusCode, 405)
      t.same((await app.inject(`/reports/${UNKNOWN}`)).json(), { detail: 'Job not found' })
      t.equal((await app.inject({ method: 'DELETE', url: `/reports/${UNKNOWN}` })).statusCode, 404)
      t.equal((await app.inject('/reports/x')).statusCode, 422)
      const other = await app.tasks.add(report, { n: 1 }, { delay: 60_000 })
      t.equal((await app.inject({ method: 'DELETE', url: `/reports/${other}` })).statusCode, 204)
      t.match((await app.inject(`/reports/${other}`)).json(), { state: 'cancelled' })
    })

    if (engine === 'inline') {
      t.test('a request that fails leaves no job, and one of its jobs may be cancelled before', async t => {
        const note = task('note', {}, () => { t.fail('it must not run') })
        const { app } = await make(t, engine, [note])
        const ids: string[] = []
        app.post('/thrown', async ({ tasks }) => {
          ids.push(await tasks.add(note, {}))
          t.match(await app.tasks.get(ids[0] as string), { state: 'queued' })
          throw new Error('no')
        })
        app.post('/cancelled', async ({ tasks }) => app.tasks.cancel(await tasks.add(note, {})))
        await app.inject({ method: 'POST', url: '/thrown' })
        t.equal(await app.tasks.get(String(ids[0])), undefined)
        t.equal((await app.inject({ method: 'POST', url: '/cancelled' })).body, 'true')
        await app.tasks.drain()
      })
      return
    }

    t.test('a payload of older code is upgraded, or parked until code comes that takes it; of newer code it waits', async t => {
      const place = placeOf(t, engine)
      const ran: unknown[] = []
      const first = task('bill', { payload: Type.Object({ name: Type.String() }), retries: 3 }, () => {})
      const adding = await make(t, engine, [first], { place, work: false })
      await adding.app.ready()
      const id = await adding.app.tasks.add(first, { name: 'Ann Lee' })
      await adding.app.close()

      const payload = Type.Object({ first: Type.String(), last: Type.String() })
      const changed = task('bill', { payload, version: 2, retries: 3 }, payload => { ran.push(payload) })
      const parking = await make(t, engine, [changed], { place })
      await parking.app.ready()
      await parking.app.tasks.drain()
      t.match(await parking.app.tasks.get(id), { state: 'parked', error: /payload of the task bill is invalid: first: Field required/ })
      t.match(await parking.app.tasks.list(), [{ id, state: 'parked' }])
      t.match(await parking.app.tasks.counts(), { parked: 1, failed: 0 })
      t.match(parking.logged.find(({ level }) => level === 50), { msg: /a job is parked/, jobId: id })
      await parking.app.close()

      const upgraded = task('bill', {
        payload,
        version: 2,
        upgrade: (payload, version) => {
          const [first, last] = (payload as { name: string }).name.split(' ')
          return { first, last: `${last} ${version}` }
        }
      }, payload => { ran.push(payload) })
      const taking = await make(t, engine, [upgraded], { place })
      await taking.app.ready()
      await taking.app.tasks.drain()
      t.same(ran, [{ first: 'Ann', last: 'Lee 1' }])
      t.match(await taking.app.tasks.get(id), { state: 'done', attempts: Number })
      await taking.app.close()

      const old = await make(t, engine, [first], { place })
      await old.app.ready()
      const newer = await make(t, engine, [changed], { place, work: false })
      await newer.app.ready()
      const warned = old.saying(/newer version/)
      const waits = await newer.app.tasks.add(changed, { first: 'A', last: 'B' })
      await newer.app.tasks.add(changed, { first: 'A', last: 'B' })
      t.match(await warned, { level: 40, task: 'bill' })
      await old.app.tasks.drain()
      t.match(await old.app.tasks.get(waits), { state: 'queued' })
      t.equal(old.logged.filter(({ msg }) => /newer version/.test(msg)).length, 1)
    })

    t.test('a payload whose upgrade fails is parked, also by a rejection', async t => {
      const place = placeOf(t, engine)
      const first = task('bill', {}, () => {})
      const adding = await make(t, engine, [first], { place, work: false })
      await adding.app.ready()
      const id = await adding.app.tasks.add(first, {})
      await adding.app.close()
      for (const [upgrade, error] of [
        [() => { throw new Error('no way') }, /no way/],
        [async () => { throw new Error('no way') }, /upgrade must return the payload, got a promise/]
      ] as const) {
        const { app } = await make(t, engine, [task('bill', { version: 2, upgrade }, () => { t.fail('it must not run') })], { place })
        await app.ready()
        await app.tasks.drain()
        t.match(await app.tasks.get(id), { state: 'parked', error })
        await app.close()
      }
    })

    t.test('jobs of a task that is not registered are listed, counted and logged', async t => {
      const place = placeOf(t, engine)
      const gone = task('gone', { payload: Type.Integer() }, () => {})
      const adding = await make(t, engine, [gone], { place, work: false })
      await adding.app.ready()
      const id = await adding.app.tasks.add(gone, 5)
      const { app, saying } = await make(t, engine, [task('other', {}, () => {})], { place })
      const said = saying(/unknown task/)
      await app.ready()
      t.match(await said, { level: 40, task: 'gone' })
      await app.tasks.drain()
      t.match(await app.tasks.list(), [{ id, task: 'gone', state: 'queued', payload: 5 }])
      t.match(await app.tasks.countsByTask(), { gone: { queued: 1 }, other: { queued: 0 } })
      t.equal(await app.tasks.remove(id), true)
    })

    t.test('done jobs are removed after the time to keep them, failed ones if a time is given', async t => {
      const place = placeOf(t, engine)
      const work = task('work', { payload: Type.Boolean() }, works => { if (!works) throw new Error('no') })
      const first = await make(t, engine, [work], { place })
      await first.app.ready()
      const [done, failed] = await first.app.tasks.addMany(work, [true, false])
      await first.app.tasks.drain()
      await first.app.close()
      const swept = async (retention: object): Promise<unknown[]> => {
        const events = new EventEmitter()
        const mark = task('mark', {}, () => { events.emit('ran') })
        const { app } = await make(t, engine, [work, mark], { place, retention })
        const ran = once(events, 'ran')
        await app.ready()
        await app.tasks.add(mark, {})
        await ran
        // Jobs do not wait for the removal. The end does.
        await app.close()
        const { app: reader } = await make(t, engine, [work, mark], { place, work: false })
        await reader.ready()
        const states = [(await reader.tasks.get(String(done)))?.state, (await reader.tasks.get(String(failed)))?.state]
        await reader.close()
        return states
      }
      t.same(await swept({}), ['done', 'failed'])
      t.same(await swept({ done: 0 }), [undefined, 'failed'])
      t.same(await swept({ done: 0, failed: 0 }), [undefined, undefined])
    })

    t.test('a key whose job has ended when it is looked for is added again', async t => {
      const place = placeOf(t, engine)
      const note = task('note', {}, () => {})
      const { app } = await make(t, engine, [note], { place, work: false })
      await app.ready()
      // The first insert finds the key taken, and nobody has it then.
      if (engine === 'sqlite') {
        await sql`create table seen (key text)`.execute(app.db)
        await sql`create trigger once before insert on apikit_jobs when not exists (select 1 from seen) begin insert into seen values ('k'); select raise(ignore); end`.execute(app.db)
      } else {
        const client = new pg.Client({ connectionString: place.url })
        await client.connect()
        await client.query(`create table ${place.schema}.seen (key text)`)
        await client.query(`create function ${place.schema}.once() returns trigger language plpgsql as
          $$ begin if exists (select from ${place.schema}.seen) then return new; end if; insert into ${place.schema}.seen values ('k'); return null; end $$`)
        await client.query(`create trigger once before insert on ${place.schema}.job_common for each row execute function ${place.schema}.once()`)
        await client.end()
      }
      const id = await app.tasks.add(note, {}, { uniqueKey: 'k' })
      t.match(await app.tasks.get(id), { id, state: 'queued' })
    })

    t.test('a request without a transaction adds all that it adds at the same time', async t => {
      const note = task('note', { payload: Type.Integer() }, () => {})
      const { app } = await make(t, engine, [note], { work: false })
      app.post('/', async ({ tasks }) => Promise.all(['a', 'b', 'b'].map((uniqueKey, n) => tasks.add(note, n, { uniqueKey }))))
      const [a, b, again] = (await app.inject({ method: 'POST', url: '/' })).json()
      t.equal(again, b)
      t.same((await app.tasks.list()).map(({ id }) => id).sort(), [a, b].sort())
    })

    t.test('what is added behind the beginning of the response is stored: in a stream, in the background, and of a hijacked reply', async t => {
      const note = task('note', { payload: Type.String() }, () => {})
      const place = placeOf(t, engine)
      const { app } = await make(t, engine, [note], { place, work: false })
      app.get('/stream', async ({ tasks }, reply) => reply.type('text/plain').send(Readable.from((async function * () {
        yield 'a'
        await tasks.add(note, 'stream')
      })())))
      app.get('/background', { config: { depends: { background } } }, async ({ tasks, deps: { background } }) => {
        background.add(async () => { await tasks.add(note, 'background') })
        return 'fine'
      })
      app.get('/transaction', { config: { depends: { session, background } } }, async ({ tasks, deps: { background } }) => {
        background.add(async () => { await tasks.add(note, 'transaction') })
        return 'fine'
      })
      app.get('/hijacked', async ({ tasks }, reply) => {
        await tasks.add(note, 'before')
        reply.hijack()
        await tasks.add(note, 'after')
        reply.raw.end('fine')
      })
      for (const url of ['/stream', '/background', '/transaction', '/hijacked']) t.equal((await app.inject(url)).statusCode, 200)
      await app.close() // waits for what is done in the background
      const next = await make(t, engine, [note], { place, work: false })
      await next.app.ready()
      t.same((await next.app.tasks.list()).map(({ payload }) => payload).sort(), ['after', 'background', 'before', 'stream', 'transaction'])
    })

    if (engine === 'sqlite') {
      t.test('what is added before a reply is hijacked, and cannot be stored, is told of in the log', async t => {
        const note = task('note', {}, () => {})
        const { app, saying } = await make(t, engine, [note], { work: false })
        app.get('/', async ({ tasks }, reply) => {
          await tasks.add(note, {})
          reply.hijack()
          await sql`drop table apikit_jobs`.execute(app.db)
          reply.raw.end('fine')
        })
        const said = saying(/tasks of a hijacked reply could not be stored/)
        t.equal((await app.inject('/')).statusCode, 200)
        t.match(await said, { level: 50, err: { message: /apikit_jobs/ } })
      })
    }

    t.test('another process cancels a job', async t => {
      const place = placeOf(t, engine)
      const events = new EventEmitter()
      const slow = task('slow', {}, async (_payload, { signal }) => {
        events.emit('begun')
        await once(signal, 'abort')
      })
      const working = await make(t, engine, [slow], { place })
      await working.app.ready()
      const other = await make(t, engine, [slow], { place, work: false })
      await other.app.ready()
      const begun = once(events, 'begun')
      const id = await other.app.tasks.add(slow, {})
      await begun
      const said = working.saying(/cancelled/)
      t.equal(await other.app.tasks.cancel(id), true)
      t.match(await said, { jobId: id })
      await working.app.tasks.drain()
      t.match(await other.app.tasks.get(id), { state: 'cancelled' })
    })
  })
}
