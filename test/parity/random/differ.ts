/**
 * Sends a random request to FastAPI and to this project, and compares what they answer.
 *
 * @module
 */

import type { Agent } from 'node:http'
import { compare } from '../compare.ts'
import { departsByAnswer, type Issue } from '../departures.ts'
import { type Answer, sendTo } from '../exchange.ts'
import { diffJson, type Difference } from '../json-diff.ts'
import type { Header, HttpStep } from '../scenarios.ts'
import type { About, Case } from './case.ts'
import { parseExactly } from './exact-json.ts'
import { type Fault, FAULT_HEADER, isUnwritable } from './fault.ts'
import { bytesOf, type RandomRequest } from './random-request.ts'
import { withoutDepartures } from './issues.ts'
import { UNWRITABLE } from './rule-names.ts'
import { ruleOf } from './rules.ts'
import { Sent } from './sent.ts'

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
  /** How FastAPI has failed. */
  readonly fault?: Fault
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

function isJson (headers: readonly Header[]): boolean {
  return headers.some(([name, value]) => name === 'content-type' && value.includes('json'))
}

interface Read {
  readonly expect: HttpStep['expect']
  readonly fault?: Fault
}

/** FastAPI's answer, and how it has failed. */
function read ({ status, headers, body }: Answer): Read {
  const kept = headers.filter(([name]) => name !== 'server' && name !== 'date' && name !== 'connection' && name !== FAULT_HEADER)
  if (headers.some(([name]) => name === FAULT_HEADER)) {
    const { text, fault }: { text: string, fault: Fault } = JSON.parse(body.toString())
    return { expect: { status, headers: kept, body: { text } }, fault }
  }
  if (!isJson(kept) || body.length === 0) return { expect: { status, headers: kept, body: { text: body.toString() } } }
  return { expect: { status, headers: kept, json: JSON.parse(body.toString()) } }
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
  const step = stepOf(request)
  const [theirs, ours] = await Promise.all([
    send(fastapi, { ...step, path: prefix + step.path }, agent),
    send(apikit, step, agent)
  ])
  return judge(step, theirs, ours, about)
}

/** What differs in two answers to one request, and the departure that explains it. */
export function judge (request: Omit<HttpStep, 'expect'>, theirs: Answer, ours: Answer, about: About): Verdict {
  const { expect, fault } = read(theirs)
  const step: HttpStep = { ...request, expect }
  const [left, right] = [theirs, ours].map(({ body, headers }) => isJson(headers) && body.length > 0 ? parseExactly(body.toString()) : undefined)
  const of: Case = { step, answer: ours, theirs: left, ours: right, about, fault }
  const differences = differencesOf(of)
  const rule = differences.length === 0 ? undefined : explainUnwritten(of) ?? explainAll(of, differences)
  return { step, answer: ours, differences, ...rule !== undefined && { rule }, ...fault !== undefined && { fault } }
}

/** With all digits of integers. @param keepsOrder also of arrays that may come from sets */
function differencesOf ({ step, answer, theirs, ours, about: { hasSets } }: Case, keepsOrder = false): readonly Difference[] {
  const { differences } = compare(step, answer)
  if (theirs === undefined || ours === undefined) return differences
  const others = differences.filter(({ at }) => !at.startsWith('/'))
  const inside = diffJson(theirs, ours)
  return [...others, ...inside.length > 0 && hasSets && answer.status < 300 && !keepsOrder ? diffJson(sorted(theirs), sorted(ours)) : inside]
}

/** JSON, with what is no text alike on both sides. */
const plainText = (value: unknown): string => JSON.stringify(value).replaceAll(/\ufffd+|\\ud[89a-f][\da-f]{2}/g, '?')
const placeOf = ({ loc }: Issue): string => plainText(loc)
const plain = (issues: readonly Issue[]): Issue[] => JSON.parse(plainText(issues))

/**
 * The departure that explains an answer, if FastAPI could not write its own 422: what it found wrong is compared. Of half a
 * surrogate pair pydantic says in most types that it is no text; here it is a text that fits or not.
 */
function explainUnwritten ({ fault, ...of }: Case): string | undefined {
  const { answer: { status, headers, body } } = of
  if (fault === undefined || fault.issues === null || !isUnwritable(fault) || (status !== 422 && status >= 300)) return undefined
  const detail: readonly Issue[] = status === 422 ? JSON.parse(body.toString()).detail : []
  const texts = new Set(fault.issues.filter(({ type }) => type === 'string_unicode').map(placeOf))
  const ours = { detail: plain(detail.filter(issue => !texts.has(placeOf(issue)))) }
  // Here another member of the union may have read the text.
  const sent = new Sent(of.step, of.about.route)
  const isRead = (issue: Issue): boolean => fault.issues?.some(other => other.type === 'string_unicode' && sent.isBeside(issue, other)) === true &&
    !detail.some(other => sent.isBeside(issue, other) || JSON.stringify(other.loc) === JSON.stringify(issue.loc))
  const issues = fault.issues.filter(issue => issue.type !== 'string_unicode' && !isRead(issue))
  if (issues.length === 0 && status < 300) return UNWRITABLE
  const theirs = { detail: plain(issues).map(issue => ({ ...ours.detail.find(({ loc }) => JSON.stringify(loc) === JSON.stringify(issue.loc)), ...issue })) }
  const written: Case = { ...of, theirs, ours, step: { ...of.step, expect: { status: 422, headers, json: theirs } } }
  const differences = differencesOf(written)
  return differences.length === 0 ? UNWRITABLE : explainAll(written, differences)
}

function explainAll (of: Case, differences: readonly Difference[]): string | undefined {
  // Sorted, what is explained may stand beside something else.
  return explain(of, differences) ?? (of.about.hasSets ? explain(of, differencesOf(of, true)) : undefined) ?? explainRest(of)
}

/** The departure that explains issues which only one of the answers has, if others explain the rest. */
function explainRest (of: Case): string | undefined {
  const left = withoutDepartures(of)
  if (left === undefined) return undefined
  if (of.step.expect.status !== 422) return left.ours.length === 0 && (of.step.expect.status < 300 || of.fault !== undefined) ? left.rule : undefined
  if (of.answer.status !== 422) return left.theirs.length === 0 && of.answer.status < 300 ? left.rule : undefined
  const differences = diffJson({ detail: left.theirs }, { detail: left.ours })
  return differences.length === 0 || explain(of, differences) !== undefined ? left.rule : undefined
}

/** The departures that explain the differences: one all of them, or one each. */
function explain (of: Case, differences: readonly Difference[]): string | undefined {
  // Only what a handler returns may fail on both sides.
  if (of.answer.status === 500 && of.fault !== undefined && of.fault.type !== 'ResponseValidationError') return undefined
  const one = (some: readonly Difference[]): string | undefined => departsByAnswer(of.step, of.answer, some) ?? ruleOf(of, some)
  const all = one(differences)
  if (all !== undefined) return all
  const rules = differences.map(difference => one([difference]))
  return rules.every(rule => rule !== undefined) ? rules[0] : undefined
}

/** A copy whose arrays are sorted. */
function sorted (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).map(part => [String(JSON.stringify(part, (_key, inner) => typeof inner === 'bigint' ? Number(inner) : inner)), part] as const).sort(([a], [b]) => a < b ? -1 : Number(a > b)).map(([, part]) => part)
  if (typeof value !== 'object' || value === null) return value === 0 ? 0 : value
  return Object.fromEntries(Object.entries(value).map(([key, part]): [string, unknown] => [key, sorted(part)]).sort(([a], [b]) => a < b ? -1 : 1))
}
