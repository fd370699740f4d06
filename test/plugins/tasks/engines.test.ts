import { EventEmitter, once } from 'node:events'
import { Type } from '@sinclair/typebox'
import type { Decimal as DecimalValue } from 'decimal.js'
import { mock } from 'node:test'
import type { FastifyReply } from 'fastify'
import t from 'tap'
import { session } from '../../../plugins/db/index.ts'
import { Conflict } from '../../../plugins/errors/index.ts'
import tasks, { type AnyTask, task, type TaskContext } from '../../../plugins/tasks/index.ts'
import { DateTime, Decimal } from '../../../plugins/types/index.ts'
import { bare } from '../../helper.ts'
import { ENGINES, make, placeOf } from './engines.ts'

for (const { engine, skip } of ENGINES) {
  t.test(engine, { skip }, async t => {
    t.test('a task runs after the response, with its payload decoded; what the schema does not know is left out', async t => {
      const order: unknown[] = []
      let answer: FastifyReply | undefined
      let given: { at: Date, price: DecimalValue, extra?: unknown } | undefined
      let context: TaskContext | undefined
      const bill = task('bill', { payload: Type.Object({ at: DateTime(), price: Decimal(), copies: Type.Integer({ default: 1 }) }) }, async (payload, own) => {
        ;[given, context] = [payload, own]
        order.push(answer?.raw.writableFinished)
      })
      const { app } = await make(t, engine, [bill])
      app.post('/', async (request, reply) => {
        answer = reply
        await request.tasks.add(bill, { at: new Date(0), price: '12.50' as never, copies: 2, extra: 1 } as never)
        return 'made'
      })
      const origin = await app.listen({ port: 0 })
      t.equal(await (await fetch(origin, { method: 'POST' })).text(), 'made')
      await app.tasks.drain()
      t.equal(order.length, 1)
      if (engine === 'inline') t.same(order, [true], 'the response is sent')
      t.same(given?.at, new Date(0))
      t.equal(String(given?.price), '12.5')
      t.notOk(given !== undefined && 'extra' in given)
      t.same([context?.app, context?.attempt, context?.signal.aborted, typeof context?.id], [app, 1, false, 'string'])
      t.match(await app.tasks.counts(), { queued: 0, running: 0, failed: 0 })
    })

    t.test('a request that fails, or is answered with 400 and above, leaves no task; one that ends well does', async t => {
      const ran: string[] = []
      const note = task('note', { payload: Type.Object({ of: Type.String() }) }, ({ of }) => { ran.push(of) })
      const { app } = await make(t, engine, [note])
      const depends = engine === 'inline' ? {} : { db: session }
      for (const [prefix, config] of [['/plain', {}], ['/session', { depends }]] as const) {
        app.post(`${prefix}/thrown`, { config }, async request => {
          await request.tasks.add(note, { of: 'thrown' })
          throw new Conflict('no')
        })
        app.post(`${prefix}/answered`, { config }, async (request, reply) => {
          await request.tasks.add(note, { of: 'answered' })
          return reply.code(409).send('no')
        })
        app.post(`${prefix}/done`, { config }, async (request, reply) => {
          await request.tasks.add(note, { of: `${prefix} one` })
          await request.tasks.add(note, { of: `${prefix} two` })
          return reply.code(201).send('yes')
        })
      }
      for (const prefix of ['/plain', '/session']) {
        for (const [path, status] of [['thrown', 409], ['answered', 409], ['done', 201]] as const) {
          t.equal((await app.inject({ method: 'POST', url: `${prefix}/${path}` })).statusCode, status)
        }
      }
      await app.tasks.drain()
      t.same(ran.sort(), ['/plain one', '/plain two', '/session one', '/session two'])
    })

    t.test('a wrong payload is an error where it is added, and nothing is stored', async t => {
      const mail = task('mail', { payload: Type.Object({ to: Type.String({ maxLength: 5 }), copies: Type.Integer() }) }, () => { t.fail('it must not run') })
      const { app, logged } = await make(t, engine, [mail])
      app.post('/', async request => { await request.tasks.add(mail, { to: 'too long', copies: 'x' } as never) })
      t.same((await app.inject({ method: 'POST', url: '/' })).json(), { detail: 'Internal Server Error' })
      t.match(logged.find(({ level }) => level === 50)?.err, { code: 'APIKIT_ERR_TASK_PAYLOAD', message: /^The payload of the task mail is invalid: .*to: .*copies: / })
      await t.rejects(app.tasks.add(mail, {} as never), { code: 'APIKIT_ERR_TASK_PAYLOAD', message: /to: Field required; copies: Field required/ })
      await t.rejects(app.tasks.add(task('mail', {}, () => {}), {}), { code: 'APIKIT_ERR_TASK', message: /unknown task "mail"\. Add it to the option "tasks"/ })
      t.same(await app.tasks.list(), [])
    })

    t.test('what fails is tried again as often as it says, and then kept; it can be run anew, or forgotten', async t => {
      const attempts: number[] = []
      let works = false
      const flaky = task('flaky', { payload: Type.Object({ n: Type.Integer() }), retries: 2, backoff: { initial: 0 } }, async (_payload, { attempt }) => {
        attempts.push(attempt)
        if (!works) throw new Error(`failed at ${attempt}`)
      })
      const { app, logged } = await make(t, engine, [flaky])
      await app.ready()
      await app.tasks.add(flaky, { n: 5 })
      await app.tasks.drain()
      t.same(attempts, [1, 2, 3])
      t.match(await app.tasks.counts(), { queued: 0, running: 0, failed: 1 })
      const [job] = await app.tasks.list({ state: 'failed' })
      t.match(job, { task: 'flaky', state: 'failed', payload: { n: 5 }, attempts: 3, error: /Error: failed at 3/ })
      t.same(logged.filter(({ task, level }) => task === 'flaky' && level >= 40).map(({ level, msg }) => [level, msg]),
        [[40, 'a task failed and will be tried again'], [40, 'a task failed and will be tried again'], [50, 'a task failed']])

      works = true
      t.equal(await app.tasks.retry(String(job?.id)), true)
      await app.tasks.drain()
      t.same(attempts.slice(3), [1])
      t.same(await app.tasks.list(), [])

      works = false
      await app.tasks.add(flaky, { n: 6 })
      await app.tasks.drain()
      const [other] = await app.tasks.list()
      t.equal(await app.tasks.remove(String(other?.id)), true)
      t.same(await app.tasks.list(), [])
      const id = engine === 'pg-boss' ? '00000000-0000-0000-0000-000000000000' : '4711'
      t.same([await app.tasks.retry(id), await app.tasks.remove(id)], [false, false])
    })

    t.test('what is to wait waits; a key is added once while its job is not done', async t => {
      const ran: string[] = []
      const report = task('report', { payload: Type.Object({ of: Type.String() }) }, ({ of }) => { ran.push(of) })
      const { app } = await make(t, engine, [report])
      await app.ready()
      const before = Date.now()
      await app.tasks.add(report, { of: 'later' }, { delay: 3_600_000, uniqueKey: 'k' })
      await app.tasks.add(report, { of: 'twice' }, { uniqueKey: 'k' })
      await app.tasks.add(report, { of: 'other' }, { uniqueKey: 'l' })
      await app.tasks.drain()
      t.same(ran, ['other'])
      const [waiting, ...more] = await app.tasks.list({ state: 'queued', limit: 5 })
      t.match(waiting, { task: 'report', state: 'queued', payload: { of: 'later' }, attempts: 0, error: null })
      t.ok(Math.abs(Number(waiting?.runAt) - before - 3_600_000) < 60_000)
      t.same(more, [])
      t.equal(await app.tasks.remove(String(waiting?.id)), true)
      await app.tasks.add(report, { of: 'again' }, { uniqueKey: 'k' })
      await app.tasks.drain()
      t.same(ran, ['other', 'again'])
    })

    t.test('what PostgreSQL cannot hold is kept: in payloads, keys and the words of errors', async t => {
      const texts = ['a\0b', '\ud800', 'x\udead\0', '\\u0000', '']
      const ran: Array<{ text: string, names: object }> = []
      const note = task('note', { payload: Type.Object({ text: Type.String(), names: Type.Record(Type.String(), Type.Integer()) }) }, payload => { ran.push(payload) })
      const broken = task('broken', { payload: Type.Object({ text: Type.String() }), retries: 0 }, ({ text }) => { throw new Error(`no: ${text}`) })
      const { app } = await make(t, engine, [note, broken])
      app.post('/', async request => { for (const text of texts) await request.tasks.add(note, { text, names: { [text]: 1 } }, { uniqueKey: `request ${text}` }) })
      const options = engine === 'inline' ? {} : { config: { depends: { db: session } } }
      app.post('/session', options, async request => { await request.tasks.add(note, { text: '\0', names: {} }, { uniqueKey: '\0' }) })
      t.equal((await app.inject({ method: 'POST', url: '/' })).statusCode, 200)
      t.equal((await app.inject({ method: 'POST', url: '/session' })).statusCode, 200)
      await app.tasks.drain()
      t.same(ran.map(({ text }) => text).sort(), [...texts, '\0'].sort())
      for (const text of texts) t.same(ran.find(payload => payload.text === text), { text, names: { [text]: 1 } })

      for (const key of ['k\0', 'k\0', 'k'.repeat(10_000), 'k'.repeat(10_000), 'k'.repeat(9_999)]) await app.tasks.add(note, { text: key, names: {} }, { uniqueKey: key, delay: 3_600_000 })
      t.same((await app.tasks.list({ state: 'queued' })).map(({ payload }) => (payload as { text: string }).text).sort(), ['k\0', 'k'.repeat(9_999), 'k'.repeat(10_000)].sort(), 'keys are told apart')

      await app.tasks.add(broken, { text: 'a\0\ud800' })
      await app.tasks.drain()
      t.match(await app.tasks.list({ state: 'failed' }), [{ task: 'broken', payload: { text: 'a\0\ud800' }, attempts: 1, error: /no: a/ }])
    })

    t.test('a task that throws what has no text has failed as any other', async t => {
      const odd = task('odd', { retries: 1, backoff: { initial: 0 } }, async () => { throw Object.create(null) })
      const { app } = await make(t, engine, [odd])
      await app.ready()
      await app.tasks.add(odd, {})
      await app.tasks.drain()
      t.match(await app.tasks.list(), [{ task: 'odd', state: 'failed', attempts: 2, error: 'A value was thrown that has no text' }])
    })

    t.test('an attempt that takes too long is called off and counts as failed', async t => {
      const slow = task('slow', { timeout: 20 }, (_payload, { signal }) => once(signal, 'abort'))
      const stubborn = task('stubborn', { timeout: 20 }, () => new Promise(() => {}))
      const { app } = await make(t, engine, [slow, stubborn])
      await app.ready()
      await app.tasks.add(slow, {})
      await app.tasks.add(stubborn, {})
      await app.tasks.drain()
      const failed = await app.tasks.list({ state: 'failed' })
      t.same(failed.map(({ task }) => task).sort(), ['slow', 'stubborn'])
      for (const { error } of failed) t.match(error, /did not finish within 20 ms/)
    })

    t.test('the app waits for running tasks when it closes, with what they need still there', async t => {
      const events = new EventEmitter()
      const done: unknown[] = []
      const slow = task('slow', {}, async (_payload, { app }) => {
        events.emit('begun')
        await once(events, 'go')
        done.push(engine === 'inline' || (await app.db.dialect) !== undefined)
      })
      const { app } = await make(t, engine, [slow])
      await app.ready()
      const begun = once(events, 'begun')
      await app.tasks.add(slow, {})
      await begun
      const closed = app.close()
      events.emit('go')
      await closed
      t.same(done, [true])
    })

    t.test('it does not wait for ever: a durable task runs again elsewhere, another is lost, and the log says so', async t => {
      const place = placeOf(t, engine)
      const events = new EventEmitter()
      const runs: Array<[string, number]> = []
      let where = 'first'
      const stuck = task('stuck', { retries: 1 }, async (_payload, { attempt, signal }) => {
        runs.push([where, attempt])
        events.emit('begun')
        if (where === 'first') await once(signal, 'abort')
      })
      const { app, logged } = await make(t, engine, [stuck], { place, drainTimeout: 10 })
      await app.ready()
      const begun = once(events, 'begun')
      await app.tasks.add(stuck, {})
      await begun
      await app.close()
      t.match(logged.find(({ level }) => level === 40), { msg: /aborted/ })
      if (engine === 'inline') {
        t.match(logged.find(({ level }) => level === 50), { msg: /a task is lost/, task: 'stuck' })
        return
      }
      where = 'second'
      const second = await make(t, engine, [stuck], { place })
      const again = once(events, 'begun')
      await second.app.ready()
      await again
      await second.app.tasks.drain()
      t.same(runs, [['first', 1], ['second', 1]])
    })

    t.test('it runs by a schedule', async t => {
      const ran: unknown[] = []
      const events = new EventEmitter()
      const payload = Type.Object({ at: Type.String({ default: 'night' }) })
      const nightly: AnyTask = task('nightly', { payload, schedule: { cron: '0 3 * * *', timezone: 'Europe/Berlin' } }, payload => {
        ran.push(payload)
        events.emit('ran')
      })
      if (engine === 'inline') {
        mock.timers.enable({ apis: ['setTimeout', 'Date'], now: new Date('2026-01-01T00:00:00Z') })
        t.teardown(() => { mock.timers.reset() })
        const { app } = await make(t, engine, [nightly])
        await app.ready()
        mock.timers.tick(2 * 3_600_000 - 1)
        t.same(ran, [])
        mock.timers.tick(1)
        await app.tasks.drain()
        t.same(ran, [{ at: 'night' }])
        mock.timers.tick(24 * 3_600_000)
        t.equal(ran.length, 2)
        return
      }
      const place = placeOf(t, engine)
      const { app } = await make(t, engine, [nightly], { place })
      await app.ready()
      t.same(await app.tasks.list(), [], 'not before its time')
      if (engine === 'sqlite') {
        const event = once(events, 'ran')
        await app.db.of([]).updateTable('apikit_schedules' as never).set({ next_at: new Date(0) } as never).execute()
        await event
        await app.tasks.drain()
        t.same(ran, [{ at: 'night' }], 'once for all the times that were missed')
      }
    })
  })
}

t.test('a second registration is refused', async t => {
  const app = bare(t)
  await app.register(tasks)
  await t.rejects(async () => { await app.register(tasks) }, { code: 'APIKIT_ERR_TASK', message: /registered twice/ })
})
