/**
 * Attacks the reference app: `npm run hardening -- requests [--requests 10000] [--seed N]`.
 *
 * Random requests must not fail on the server. Requests of a megabyte must be answered in little time and few
 * bytes. Times are CPU time, so that what else the machine does is left out; what JSON.parse takes of them is told.
 *
 * @module
 */

import fc from 'fast-check'
import { type Attack, attacksOf } from './attacks.ts'
import { requestTo } from './random-requests.ts'
import { suite } from './suite.ts'
import { openTarget, type Target } from './target.ts'

/** On a machine that parses a megabyte of `[{},{},…]` in `USUAL_PARSING`; on a slower one more. */
const MILLISECONDS = 50
const USUAL_PARSING = 20
const MOST_BYTES = 64 * 1024
/** Or so many times what JSON.parse takes. */
const MOST_TIMES = 4
const REPEATS = 20
/** Fastify's `bodyLimit`. */
const MEGABYTE = 1_048_576

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN

/** Milliseconds that `JSON.parse` alone takes of a body, which nobody can save. */
function parseTime (body: unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage()
    try { JSON.parse(String(body)) } catch {}
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return median(times)
}

/** How long an attack may take on this machine, in milliseconds. */
function bound (): number {
  return MILLISECONDS * Math.max(1, parseTime(`[${'{},'.repeat(MEGABYTE / 3)}{}]`) / USUAL_PARSING)
}

interface Answer {
  readonly status: number
  readonly bytes: number
  /** Median. */
  readonly milliseconds: number
}

async function repeat ({ server }: Target, { request }: Attack, repeats: number): Promise<Answer> {
  const times: number[] = []
  let [status, bytes] = [0, 0]
  for (let i = 0; i < repeats; i++) {
    const before = process.cpuUsage()
    const { statusCode, rawPayload } = await server.inject(request)
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1000)
    ;[status, bytes] = [statusCode, rawPayload.length]
  }
  return { status, bytes, milliseconds: median(times) }
}

/**
 * @param small the same attack in a small size: one that fails already would take forever in full
 * @param usual milliseconds that it may take
 * @returns what is wrong, empty when nothing is
 */
async function attack (target: Target, small: Attack, full: Attack, usual: number): Promise<string[]> {
  const tried = await repeat(target, small, 3)
  const whole = tried.milliseconds <= usual
  const parsing = parseTime(full.request.payload)
  const most = Math.max(usual, MOST_TIMES * parsing)
  const { status, bytes, milliseconds } = whole ? await repeat(target, full, REPEATS) : tried
  const wrong = [
    ...status >= 500 ? [`status ${status}`] : [],
    ...milliseconds > most || !whole ? [`${milliseconds.toFixed(1)} ms${whole ? '' : ' for a sixteenth of it'}`] : [],
    ...bytes > MOST_BYTES ? [`${bytes} bytes`] : [],
    ...target.failures().filter(isFault).slice(0, 1).map(String)
  ]
  const { name } = full
  console.log(`| ${name.replaceAll('|', '\\|')} | ${status} | ${milliseconds.toFixed(1)} | ${parsing.toFixed(1)} | ${bytes} | ${wrong.length === 0 ? 'ok' : `**${wrong.join(', ')}**`} |`)
  return wrong.map(what => `${name}: ${what}`)
}

function isFault (error: unknown): boolean {
  return Number(Object(error).statusCode ?? 500) >= 500
}

async function shower ({ server, aims, failures }: Target, requests: number, seed: number | undefined): Promise<string[]> {
  const counts = new Map<number, number>()
  const property = fc.asyncProperty(requestTo(aims), async request => {
    const { statusCode, rawPayload } = await server.inject(request)
    counts.set(statusCode, (counts.get(statusCode) ?? 0) + 1)
    const fault = failures().find(isFault)
    if (fault !== undefined) throw fault
    if (statusCode >= 500 || (statusCode >= 400 && rawPayload.length > MOST_BYTES)) throw new Error(`${statusCode}, ${rawPayload.length} bytes`)
  })
  const { failed, numRuns, counterexample, errorInstance, seed: used } = await fc.check(property, { numRuns: requests, ...seed === undefined ? {} : { seed } })
  const statuses = [...counts].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`).join(', ')
  console.log(`${numRuns} random requests to ${aims.length} routes (--seed ${used}); ${statuses}`)
  return failed ? [`random request ${JSON.stringify(counterexample)}: ${Object(errorInstance).stack ?? errorInstance}`] : []
}

export const requests = suite('Random requests, and costly ones of a megabyte', {
  requests: { about: 'Random requests', default: 10_000 },
  seed: { about: 'Repeats a run' }
}, async ({ requests, seed }) => {
  const target = await openTarget()
  const wrong = await shower(target, requests, seed)
  const usual = bound()
  console.log(`\n| Attack | Status | ms (≤ ${usual.toFixed(0)}) | JSON.parse alone | Bytes (≤ ${MOST_BYTES}) | |\n| --- | --- | --- | --- | --- | --- |`)
  const small = attacksOf(MEGABYTE / 16)
  for (const [index, full] of attacksOf(MEGABYTE).entries()) wrong.push(...await attack(target, small[index] ?? full, full, usual))
  if (Object.hasOwn(Object.prototype, 'polluted')) wrong.push('Object.prototype is polluted')
  await target.server.close()
  return wrong
})
