import { execFile } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type AddressInfo, connect } from 'node:net'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import errors from '../../plugins/errors/index.ts'
import { clientSignal, Passwords, type PasswordOptions } from '../../plugins/security/index.ts'
import { bare } from '../helper.ts'

const cheap = (options: PasswordOptions = {}) => new Passwords({ memoryCost: 8, timeCost: 1, ...options })

/** Hashes that run at once: libuv's pool and the processors, less one. */
const AT_ONCE = Math.max(1, Math.min(Number(process.env.UV_THREADPOOL_SIZE ?? 4), availableParallelism()) - 1)
/** More than any pool has threads. */
const MANY = 1100

const argon2 = createRequire(import.meta.url)('@node-rs/argon2')

/** Fills every place with a hash that takes until the returned function is called. */
function fill (t: Test): () => Promise<unknown> {
  const gate = Promise.withResolvers<string>()
  const { hash } = argon2
  argon2.hash = () => gate.promise
  const busy = Promise.all(Array.from({ length: AT_ONCE }, () => cheap().hash('secret')))
  argon2.hash = hash
  t.teardown(() => gate.resolve(''))
  return async () => { gate.resolve(''); await busy }
}

const settled = async (promises: Array<Promise<unknown>>) => {
  const results = await Promise.allSettled(promises)
  return { fulfilled: results.filter(({ status }) => status === 'fulfilled').length, reasons: results.flatMap(result => result.status === 'rejected' ? [result.reason] : []) }
}

t.test('hashes beyond those that run and maxQueue are refused with 503 and retry-after', async t => {
  for (const maxQueue of [0, 5]) {
    const passwords = cheap({ maxQueue })
    const { fulfilled, reasons } = await settled(Array.from({ length: MANY }, () => passwords.hash('secret')))
    t.equal(fulfilled, AT_ONCE + maxQueue)
    t.equal(reasons.length, MANY - AT_ONCE - maxQueue)
    const refusals = reasons.map(({ name, status, detail, headers }) => JSON.stringify([name, status, detail, Object.keys(headers), /^[1-9]\d*$/.test(headers['retry-after'])]))
    t.same(new Set(refusals), new Set(['["ServiceUnavailable",503,"Service Unavailable",["retry-after"],true]']))
    t.ok(await passwords.hash('secret'), 'then there is room again')
  }
})

t.test('the queue is that of the process: hash, verify and verifyAndUpdate of all instances wait in it', async t => {
  const other = cheap({ maxQueue: 0 })
  const hash = await other.hash('secret')
  const empty = fill(t)
  const calls: Array<Promise<unknown>> = [other.hash('secret'), other.verify('secret', hash), other.verify('secret', undefined), other.verifyAndUpdate('secret', hash)]
  for (const refused of calls) await t.rejects(refused, { name: 'ServiceUnavailable' })
  await empty()
  t.ok(await other.verify('secret', hash))
})

t.test('who waits is served in the order they came', async t => {
  const passwords = cheap({ maxQueue: MANY })
  const order: number[] = []
  await Promise.all(Array.from({ length: 50 }, async (_, i) => {
    await passwords.hash('secret')
    order.push(i)
    // A newcomer at a moment when a place gets free.
    if (i === 10) await passwords.hash('secret').then(() => order.push(50))
  }))
  t.equal(order.length, 51)
  for (const [place, i] of order.entries()) t.ok(Math.abs(place - i) <= AT_ONCE, `${i} came as number ${place}`)
})

t.test('a failure, and a place that nobody waits for, free the place', async t => {
  const passwords = cheap({ maxQueue: 0 })
  for (let i = 0; i < 3 * AT_ONCE; i++) await t.rejects(passwords.hash(Symbol('no text') as never))
  t.ok(await passwords.hash('secret'))
})

t.test('whoever aborts loses the place in the queue at once', async t => {
  const passwords = cheap({ maxQueue: 2 })
  const empty = fill(t)
  const control = new AbortController()
  const { signal } = new AbortController()
  const patient = passwords.hash('secret', { signal })
  const left = passwords.verify('secret', undefined, { signal: control.signal })
  await t.rejects(passwords.hash('secret'), { name: 'ServiceUnavailable' }, 'the queue is full')
  control.abort(new Error('gone'))
  const next = passwords.verifyAndUpdate('secret', undefined)
  await t.rejects(left, { message: 'gone' }, 'before there is a place')
  await empty()
  t.same(await next, { valid: false, newHash: undefined })
  t.match(await patient, /^\$argon2id\$/)
  t.same(getEventListeners(signal, 'abort'), [], 'a signal that lives on is let go')

  await t.rejects(passwords.hash('secret', { signal: control.signal }), { message: 'gone' }, 'nothing begins after the abort')
})

t.test('after an abort no more of a verification is done than has begun', async t => {
  const passwords = cheap()
  const foreign = await cheap({ timeCost: 3 }).hash('secret')
  const control = new AbortController()
  const verification = passwords.verify('wrong', foreign, { signal: control.signal })
  control.abort(new Error('gone'))
  await t.rejects(verification, { message: 'gone' })
})

t.test('files are read while hashes wait: threads of the pool stay free', async t => {
  let done = 0
  const passwords = new Passwords({ maxQueue: MANY })
  const hashes = Array.from({ length: 20 }, async () => { await passwords.hash('secret'); done++ })
  await stat(import.meta.filename)
  t.ok(done < 10, `${done} of 20 hashes were done before a file was looked at`)
  await Promise.all(hashes)
})

t.test('how many run at once follows from UV_THREADPOOL_SIZE', async t => {
  const index = new URL('../../plugins/security/index.ts', import.meta.url)
  const script = `
    import { Passwords } from '${index}'
    const passwords = new Passwords({ memoryCost: 8, timeCost: 1, maxQueue: 0 })
    const results = await Promise.allSettled(Array.from({ length: ${MANY} }, () => passwords.hash('secret')))
    console.log(results.filter(({ status }) => status === 'fulfilled').length)`
  const few = Math.max(1, Math.min(2, availableParallelism()) - 1)
  // With the loader that tap has given to this process, so that the coverage of both is of one text.
  for (const [size, expected] of [['1', 1], ['2', few], ['none', 1], ['9999', Math.max(1, availableParallelism() - 1)]] as const) {
    const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, '--input-type=module', '-e', script], { env: { ...process.env, UV_THREADPOOL_SIZE: size } })
    t.equal(Number(stdout), expected, size)
  }
})

t.test('over a socket: 503 beyond the queue, and a client that has left does not wait in it', async t => {
  const passwords = cheap({ maxQueue: 1 })
  const app = bare(t)
  await app.register(errors)
  const checks: Array<Promise<unknown>> = []
  const entered = Promise.withResolvers<void>()
  app.post('/login', async (_request, reply) => {
    const check = passwords.verify('secret', undefined, { signal: clientSignal(reply) })
    checks.push(check.catch(error => error))
    entered.resolve()
    return await check
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo

  const empty = fill(t)
  const socket = connect(port, '127.0.0.1')
  socket.write('POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}')
  await entered.promise
  const refused = await fetch(`http://127.0.0.1:${port}/login`, { method: 'POST' })
  t.same([refused.status, await refused.json(), refused.headers.get('retry-after')], [503, { detail: 'Service Unavailable' }, '1'])
  socket.destroy()
  t.match(await checks[0], { code: 'APIKIT_ERR_CLIENT_GONE' })
  await empty()
  t.ok(await passwords.hash('secret'))
})
