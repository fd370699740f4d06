/**
 * Tokens of an issuer, under attack and without the issuer: who gets in, what the issuer is asked, what is kept.
 * The issuer is a real provider on this machine.
 *
 * @module
 */

import { randomBytes } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import Fastify, { type FastifyInstance } from 'fastify'
import dependencies from '../../plugins/dependencies/index.ts'
import errors from '../../plugins/errors/index.ts'
import openid, { type Fetch, type OpenIdOptions } from '../../plugins/openid/index.ts'
import { forge, forgedTokens, goodTokens } from '../../test/fixtures/forged-tokens.ts'
import { AUDIENCE, CLIENT, signingKey, TestProvider } from '../../test/fixtures/oidc-provider.ts'
import { suite } from './suite.ts'

const TIMEOUT = 500
const MAX_CONCURRENT = 20

interface Target {
  readonly app: FastifyInstance
  readonly origin: string
  /** Requests of the app to the issuer that are pending, and the most there were. */
  readonly asking: { now: number, most: number }
}

export const openIdTokens = suite('Forged tokens of a provider, a provider that is slow or down, bounds of what is kept', {}, async () => {
  const key = signingKey('known')
  const provider = await TestProvider.start({ keys: [key] })
  const wrong: string[] = []
  const check = (promise: string, figure: string, holds: boolean): void => {
    console.log(`${holds ? 'ok   ' : 'WRONG'} ${promise}: ${figure}`)
    if (!holds) wrong.push(`${promise}: ${figure}`)
  }
  try {
    for (const part of [forgeries, floods, cacheBounds, oneInFlight, providerSlow, providerDown]) {
      const target = await listen(provider.issuer)
      try {
        await part(target, provider, key, check)
      } finally {
        provider.hold = async () => {}
        await target.app.close()
      }
    }
  } finally {
    await provider.stop()
  }
  return wrong
})

type Check = (promise: string, figure: string, holds: boolean) => void
type Part = (target: Target, provider: TestProvider, key: ReturnType<typeof signingKey>, check: Check) => Promise<void>

const forgeries: Part = async (target, { issuer }, key, check) => {
  const good = await each(Object.values(goodTokens(issuer, key)), token => statusOf(target, '/local', token))
  check('tokens that are good, though odd, pass', `${count(good, 200)} of ${good.length}`, count(good, 200) === good.length)
  const tokens = Object.entries(forgedTokens(issuer, key))
  const bad = await each(tokens, ([, token]) => statusOf(target, '/local', token))
  const passed = tokens.filter((_token, index) => bad[index] !== 401).map(([name]) => name)
  check('forged tokens are 401', `${passed.length} of ${tokens.length} pass${passed.length === 0 ? '' : `: ${passed.join(', ')}`}`, passed.length === 0)
}

const floods: Part = async (target, provider, key, check) => {
  await statusOf(target, '/local', forge(provider.issuer, key))
  const before = provider.count('/jwks')
  const statuses = await each(Array.from({ length: 2000 }, () => forge(provider.issuer, key, {}, { kid: randomBytes(8).toString('hex') })), token => statusOf(target, '/local', token))
  const asked = provider.count('/jwks') - before
  check('2,000 tokens with unknown kids have the keys fetched at most once', `${asked} requests to the issuer, ${count(statuses, 401)} of 2,000 are 401`, asked <= 1 && count(statuses, 401) === 2000)
}

const cacheBounds: Part = async (target, provider, _key, check) => {
  const token = await provider.token('opaque')
  await statusOf(target, '/remote', token)
  const strangers = (number: number): Promise<number[]> => each(Array.from({ length: number }, () => randomBytes(1500).toString('base64url')), token => statusOf(target, '/remote', token))
  await strangers(3000)
  const heap = collected()
  await strangers(6000)
  const growth = (collected() - heap) / 1024 / 1024
  check('6,000 tokens of 2 kB that nobody knows leave nothing behind', `the heap grew by ${growth.toFixed(1)} MB`, growth < 10)
  const before = provider.count('/token/introspection')
  await statusOf(target, '/remote', token)
  const asked = provider.count('/token/introspection') - before
  check('they drive out no token that is good', `${asked} requests about it`, asked === 0)
}

const oneInFlight: Part = async (target, provider, _key, check) => {
  const token = await provider.token('opaque')
  const before = provider.count('/token/introspection')
  const statuses = await Promise.all(Array.from({ length: 500 }, () => statusOf(target, '/remote', token)))
  const asked = provider.count('/token/introspection') - before
  check('500 requests with one token at once ask the issuer once', `${asked} requests, ${count(statuses, 200)} of 500 are 200`, asked === 1 && count(statuses, 200) === 500)
}

const providerSlow: Part = async (target, provider, _key, check) => {
  await statusOf(target, '/remote', 'nobody') // where its endpoints are is known
  const slow = new Set<() => void>()
  provider.hold = () => new Promise<void>(resolve => { slow.add(resolve) })
  const began = performance.now()
  const asked = Promise.all(Array.from({ length: 300 }, (_, index) => statusOf(target, '/remote', `slow-${index}`)))
  const others: number[] = []
  for (let i = 0; i < 100; i++) {
    const start = performance.now()
    await statusOf(target, '/open', '')
    others.push(performance.now() - start)
  }
  const statuses = await asked
  const lasted = performance.now() - began
  for (const go of slow) go()
  const p99 = others.sort((a, b) => a - b)[98] ?? Infinity
  check('an issuer that does not answer lets nobody in', `${count(statuses, 503)} of 300 are 503`, count(statuses, 503) === 300)
  const { most } = target.asking
  check(`and has at most ${MAX_CONCURRENT} requests pending`, `${most}`, most <= MAX_CONCURRENT)
  check(`the answers come within ${TIMEOUT} ms and a little`, `the last after ${lasted.toFixed(0)} ms`, lasted < TIMEOUT + 1500)
  check('other routes do not wait', `p99 ${p99.toFixed(0)} ms`, p99 < TIMEOUT)
}

const providerDown: Part = async (target, provider, key, check) => {
  const token = forge(provider.issuer, key)
  await statusOf(target, '/local', token)
  await statusOf(target, '/remote', 'nobody')
  await provider.stop()
  const remote = await each(Array.from({ length: 500 }, (_, index) => `down-${index}`), token => statusOf(target, '/remote', token))
  check('an issuer that is down lets nobody in', `${count(remote, 503)} of 500 are 503`, count(remote, 503) === 500)
  const local = await each(Array.from({ length: 100 }, (_, index) => forge(provider.issuer, key, { jti: String(index) })), token => statusOf(target, '/local', token))
  check('JWTs pass without it', `${count(local, 200)} of 100`, count(local, 200) === 100)
  await provider.start()
  const back = performance.now()
  const opaque = await provider.token('opaque')
  while (await statusOf(target, '/remote', opaque) !== 200 && performance.now() - back < 10_000);
  const lasted = performance.now() - back
  check('it is asked again as soon as it is back', `${lasted.toFixed(0)} ms`, lasted < 5000)
}

async function listen (issuer: string): Promise<Target> {
  const asking = { now: 0, most: 0 }
  const counted: Fetch = async (url, init) => {
    asking.most = Math.max(asking.most, ++asking.now)
    return await fetch(url, init).finally(() => { asking.now-- })
  }
  const options: OpenIdOptions = { issuer, audience: AUDIENCE, ...CLIENT, clockTolerance: 5, timeout: TIMEOUT, maxConcurrent: MAX_CONCURRENT, fetch: counted }
  const app = Fastify()
  for (const plugin of [errors, dependencies]) await app.register(plugin)
  await app.register(openid, options)
  app.get('/local', { config: { depends: { token: app.openid.jwks({ clients: [CLIENT.clientId] }) } } }, async () => 'in')
  app.get('/remote', { config: { depends: { token: app.openid.introspection() } } }, async () => 'in')
  app.get('/open', async () => 'in')
  return { app, asking, origin: await app.listen({ host: '127.0.0.1', port: 0 }) }
}

async function statusOf ({ origin }: Target, path: string, token: string): Promise<number> {
  const response = await fetch(origin + path, { headers: { authorization: `Bearer ${token}` } })
  await response.text()
  return response.status
}

/** A few at a time. */
async function each<Item, Result> (items: readonly Item[], ask: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (let i = 0; i < items.length; i += 10) results.push(...await Promise.all(items.slice(i, i + 10).map(ask)))
  return results
}

function count (statuses: readonly number[], status: number): number {
  return statuses.filter(found => found === status).length
}

/** Bytes of the heap that are in use. */
function collected (): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}
