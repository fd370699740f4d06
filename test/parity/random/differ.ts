/**
 * Sends a random request to FastAPI and to this project, and compares what they answer.
 *
 * @module
 */

import type { Agent } from 'node:http'
import { compare } from '../compare.ts'
import { departsByAnswer } from '../departures.ts'
import { type Answer, sendTo } from '../exchange.ts'
import { diffJson, type Difference } from '../json-diff.ts'
import type { Header, HttpStep } from '../scenarios.ts'
import { bytesOf, type RandomRequest } from './random-request.ts'
import { type About, ruleOf, withoutDepartures } from './rules.ts'

export interface Ports {
  readonly fastapi: number
  /** In front of FastAPI's paths. */
  readonly prefix: string
  readonly apikit: number
  readonly agent: Agent
}

export interface Verdict {
  readonly step: HttpStep
  readonly answer: Answer
  readonly differences: readonly Difference[]
  /** The departure that explains all differences. */
  readonly rule?: string
}

export function stepOf ({ method, path, query, headers, cookies, body }: RandomRequest): Omit<HttpStep, 'expect'> {
  const bytes = bytesOf(body)
  const type: Header[] = body.as !== 'none' && body.type !== undefined ? [['content-type', body.type]] : []
  return {
    type: 'http',
    method,
    path,
    query: query.join('&'),
    // The client of Node says whether it keeps the connection; a model of headers shows that.
    headers: [['host', 'testserver'], ['connection', 'keep-alive'], ...headers, ...cookies.length > 0 ? [['cookie', cookies.join('; ')] as const] : [], ...type],
    body: bytes === undefined ? null : { base64: bytes.toString('base64') }
  }
}

function expectationOf ({ status, headers, body }: Answer): HttpStep['expect'] {
  const kept = headers.filter(([name]) => name !== 'server' && name !== 'date' && name !== 'connection')
  const isJson = kept.some(([name, value]) => name === 'content-type' && value.includes('json'))
  if (!isJson || body.length === 0) return { status, headers: kept, body: { text: body.toString() } }
  return { status, headers: kept, json: JSON.parse(body.toString()) }
}

/** A server may close a connection that is kept alive just when it is used again: such a request is sent once more. */
export async function send (port: number, step: Omit<HttpStep, 'expect'>, agent: Agent): Promise<Answer> {
  const whole = { ...step, expect: { status: 0, headers: [] } }
  try {
    return await sendTo(port, whole, agent)
  } catch (error) {
    if (Object(error).code !== 'ECONNRESET') throw error
    return await sendTo(port, whole, false)
  }
}

export async function tryRequest (request: RandomRequest, { fastapi, prefix, apikit, agent }: Ports, about: About): Promise<Verdict> {
  const { hasSets } = about
  const step = stepOf(request)
  const [theirs, ours] = await Promise.all([
    send(fastapi, { ...step, path: prefix + step.path }, agent),
    send(apikit, step, agent)
  ])
  const whole: HttpStep = { ...step, expect: expectationOf(theirs) }
  const { differences: all } = compare(whole, ours)
  const differences = hasSets && theirs.status < 300 && all.some(isInside) ? [...all.filter(difference => !isInside(difference)), ...diffJson(sorted(whole.expect.json), sorted(JSON.parse(ours.body.toString())))] : all
  const rule = differences.length === 0 ? undefined : explain(whole, ours, differences, about) ?? explainRest(whole, ours, about)
  return { step: whole, answer: ours, differences, ...rule !== undefined && { rule } }
}

/** The departure that explains issues which FastAPI has not, if others explain the rest. */
function explainRest (step: HttpStep, answer: Answer, about: About): string | undefined {
  const less = withoutDepartures(step, answer)
  if (less === undefined) return undefined
  if (!less.isLeft) return step.expect.status < 300 ? less.rule : undefined
  const { differences } = compare(step, less.answer)
  return differences.length === 0 || explain(step, less.answer, differences, about) !== undefined ? less.rule : undefined
}

/** The departures that explain the differences: one all of them, or one each. */
function explain (step: HttpStep, answer: Answer, differences: readonly Difference[], about: About): string | undefined {
  const one = (some: readonly Difference[]): string | undefined => departsByAnswer(step, answer, some) ?? ruleOf(step, answer, some, about)
  const all = one(differences)
  if (all !== undefined) return all
  const rules = differences.map(difference => one([difference]))
  return rules.every(rule => rule !== undefined) ? rules[0] : undefined
}

function isInside ({ at }: Difference): boolean {
  return at.startsWith('/')
}

/** A copy whose arrays are sorted. */
function sorted (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).map(part => [JSON.stringify(part), part] as const).sort(([a], [b]) => a < b ? -1 : Number(a > b)).map(([, part]) => part)
  if (typeof value !== 'object' || value === null) return value === 0 ? 0 : value
  return Object.fromEntries(Object.entries(value).map(([key, part]): [string, unknown] => [key, sorted(part)]).sort(([a], [b]) => a < b ? -1 : 1))
}
