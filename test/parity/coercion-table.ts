/**
 * The coercion tables: type × input → value or errors.
 *
 * @module
 */

import { LISTS } from './coercion-types.ts'
import { isSameInstant, isTooBig } from './departures.ts'
import { diffJson, type Difference } from './json-diff.ts'
import { recorded } from './recorded.ts'

interface RecordedError {
  readonly type: string
  readonly msg: string
  readonly ctx?: object
  readonly loc_suffix?: ReadonlyArray<string | number>
}

interface Outcome {
  readonly ok?: unknown
  readonly errors?: readonly RecordedError[]
  /** The reference could not write the value. */
  readonly status?: 500
}

export interface Case {
  readonly type: string
  /** The input as JSON, with its digits as they were recorded. */
  readonly text: string
  /** `undefined` when nothing was sent. */
  readonly input: unknown
  readonly outcome: Outcome
}

/** Its `input` is one of the departures. */
const SECRET = 'SecretStr'

const ABSENT = '<<absent>>'

/** `JSON.parse` with the source text of a number, newer than TypeScript's library of it: `1.0` is no `1` in a body. */
interface SourceJson {
  rawJSON (text: string): unknown
  parse (text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown
}

const sourceJson: SourceJson = JSON as never

export function readCases (name: string): Map<string, Case[]> {
  const text = recorded(`${name}.json`)
  const parsed: { types: Record<string, Array<[unknown, Outcome]>> } = JSON.parse(text)
  const raw = sourceJson.parse(text, (_key, value, { source }) => {
    return typeof value === 'number' ? sourceJson.rawJSON(String(source)) : value
  }) as typeof parsed
  return new Map(Object.entries(parsed.types).map(([type, rows]) => [type, rows.map(([input, outcome], index) => ({
    type,
    text: input === ABSENT ? ABSENT : JSON.stringify(raw.types[type]?.[index]?.[0]),
    input: input === ABSENT ? undefined : input,
    outcome
  }))]))
}

export interface Got {
  readonly status: number
  readonly body: string
}

/**
 * What differs between an answer and the recorded outcome, as one line; `undefined` when nothing does, or only what
 * departs by rule.
 *
 * @param loc of the parameter
 */
export function differs ({ type, text, input, outcome }: Case, loc: readonly string[], { status, body }: Got): string | undefined {
  const got = JSON.parse(body)
  const sent = typeof input === 'string' && LISTS.has(type) ? [input] : input
  const hasLarge = /\d{16}|\d[eE]\+?\d\d/.test(text)
  const isSecret = type === SECRET && sent !== undefined && sent !== null && sent !== ''
  const expected = outcome.errors?.map(error => isSecret ? { ...issueOf(error, loc, sent), input: undefined } : issueOf(error, loc, sent))
  if (expected === undefined) {
    const isRight = status === 200 && (outcome.status === 500 ? /"(NaN|-?Infinity)"/.test(body) : isEqual(type, outcome.ok, got))
    return isRight || (hasLarge && isTooBig(body)) ? undefined : describe(outcome.ok ?? outcome, got)
  }
  const isRight = [got.detail, ...hasLarge ? [withoutTooBig(got.detail)] : []].some(detail => diffJson(expected, detail).every(isCut))
  return isRight ? undefined : describe(expected, got)
}

/** Integers of any size are one of the departures. */
function withoutTooBig (detail: unknown): unknown {
  return Array.isArray(detail) ? detail.filter(({ type }) => type !== 'int_parsing_size') : detail
}

/** The tables do not say what was echoed; of a long text it may be the beginning. */
function isCut ({ at, expected, got }: Difference): boolean {
  return at.endsWith('/input') && /^.{1000,}…$/s.test(String(got)) && String(expected).startsWith(String(got).slice(0, -1))
}

function describe (expected: unknown, got: unknown): string {
  return `expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`
}

function issueOf ({ type, msg, ctx, loc_suffix: suffix = [] }: RecordedError, loc: readonly string[], input: unknown): object {
  // A parameter that is null counts as one that was not sent.
  const value = type === 'missing' && suffix.length === 0 ? null : inputAt(input, type === 'missing' ? suffix.slice(0, -1) : suffix)
  return { type, loc: [...loc, ...suffix], msg, input: value, ...ctx && { ctx } }
}

/** The part of an input that an error is about; the names of a union's members lead nowhere. */
function inputAt (input: unknown, path: ReadonlyArray<string | number>): unknown {
  let value = input
  for (const [index, key] of path.entries()) {
    if (key === '[key]') return path[index - 1]
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, key)) value = Reflect.get(value, key)
    else if (typeof key === 'number' && !Array.isArray(value)) return value
  }
  return value
}

const OFFSET = /(Z|[+-]\d\d:\d\d)$/

function isEqual (type: string, expected: unknown, got: unknown): boolean {
  if (type.includes('datetime') && isSameInstant(expected, got)) return true
  // A time of the day keeps no offset either.
  if (type === 'time') return String(expected).replace(OFFSET, '') === got
  return diffJson(expected, got, type.startsWith('set') ? { unordered: [''] } : {}).length === 0
}
