import { mock } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { declareWorkers, lead, refuseWorkers, shareOfWorkers, whenDraining, announceDrain, whenLeading } from '../../../plugins/core/workers.ts'
import db from '../../../plugins/db/index.ts'
import health from '../../../plugins/health/index.ts'
import { MemoryRefreshTokenStore } from '../../../plugins/jwt/index.ts'
import tasks, { task } from '../../../plugins/tasks/index.ts'
import { bare, build } from '../../helper.ts'

/** Milliseconds. */
const DAY = 24 * 3600 * 1000

function declare (t: Test, count: number, index = 1): void {
  declareWorkers({ index, count, secret: '' })
  t.teardown(() => { declareWorkers(undefined) })
}

t.test('a process that is alone has all of what is shared, and leads', async t => {
  t.equal(shareOfWorkers('poolSize', 10), 10)
  refuseWorkers('nothing', 'Nothing')
  let led = 0
  whenLeading(() => { led++ })()
  t.equal(led, 1)
})

t.test('workers share what they have together', async t => {
  declare(t, 4)
  t.equal(shareOfWorkers('poolSize', 10), 2)
  t.throws(() => shareOfWorkers('poolSize', 3), { code: 'APIKIT_ERR_WORKERS', message: 'poolSize is 3, for 4 workers together. Set it to 4 or more, or start fewer workers' })
  const app = bare(t)
  await t.rejects(async () => { await app.register(db, { url: 'postgres://127.0.0.1/none', poolSize: 3 }) }, { code: 'APIKIT_ERR_WORKERS', message: /^fastify-apikit\/db: poolSize is 3/ })
})

t.test('the connections of all workers together are bounded by poolSize', async t => {
  declare(t, 4)
  const app = bare(t)
  await app.register(db, { url: process.env.TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/test', poolSize: 8 })
  const { sql } = await import('kysely')
  await Promise.all(Array.from({ length: 6 }, () => sql`select pg_sleep(0.05)`.execute(app.db)))
  t.equal(app.db.pool.total, 2)
})

t.test('what one process would keep for itself is refused', async t => {
  declare(t, 2)
  t.throws(() => new MemoryRefreshTokenStore(), {
    code: 'APIKIT_ERR_WORKERS',
    message: 'fastify-apikit/jwt: MemoryRefreshTokenStore is kept in one process, and the app runs in 2. Use DatabaseRefreshTokenStore of fastify-apikit/db, or start it without --workers'
  })
  const app = bare(t)
  await t.rejects(async () => { await app.register(db, { url: 'sqlite::memory:' }) }, { code: 'APIKIT_ERR_WORKERS', message: /an SQLite database in memory is kept in one process/ })
})

t.test('one worker leads, when it is told to', async t => {
  declare(t, 2, 2)
  const calls: string[] = []
  whenLeading(() => { calls.push('one') })
  const forget = whenLeading(() => { calls.push('forgotten') })
  forget()
  t.same(calls, [])
  lead()
  lead()
  t.same(calls, ['one'])
  whenLeading(() => { calls.push('late') })
  t.same(calls, ['one', 'late'])
})

t.test('schedules of the engine inline run in the worker that leads', async t => {
  declare(t, 2, 2)
  let runs = 0
  const app = bare(t)
  await app.register(tasks, { tasks: [task('nightly', { schedule: { cron: '0 3 * * *' } }, () => { runs++ })] })
  await app.ready()
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-01-01T00:00:00Z') })
  t.teardown(() => { mock.timers.reset() })
  mock.timers.tick(DAY)
  lead()
  mock.timers.tick(DAY)
  await setImmediate()
  t.equal(runs, 1, 'on the second day')
  mock.timers.reset()

  declareWorkers({ index: 1, count: 2, secret: '' })
  const closed = bare(t)
  await closed.register(tasks)
  await closed.ready()
  await closed.close()
})

t.test('a worker is not ready as soon as it is known that it will close', async t => {
  const app = bare(t)
  await app.register(health, { maxEventLoopDelay: 0 })
  await app.ready()
  let told = 0
  const forget = whenDraining(() => { told++ })
  announceDrain()
  forget()
  announceDrain()
  t.equal(told, 1)
  t.same(await app.health.ready(), { status: 'draining', checks: {} })
})

t.test('workers of the reference app accept each other’s tutorial tokens, and limit requests only where they can count them', async t => {
  declareWorkers({ index: 1, count: 2, secret: 's'.repeat(64) })
  t.teardown(() => { declareWorkers(undefined) })
  const settings = { databaseUrl: `sqlite:${t.testdir()}/app.db` }
  const [one, two] = [await build(t, { settings }), await build(t, { settings })]
  const { access_token: token } = (await one.inject({ method: 'POST', url: '/security/token', payload: 'username=johndoe&password=secret', headers: { 'content-type': 'application/x-www-form-urlencoded' } })).json()
  t.equal((await two.inject({ url: '/security/users/me', headers: { authorization: `Bearer ${token}` } })).statusCode, 200)
  await t.rejects(build(t, { settings: { ...settings, rateLimit: { max: 5 } } }), { code: 'APIKIT_ERR_WORKERS', message: /^RATE_LIMIT__MAX: the count of requests is kept in one process/ })
})
