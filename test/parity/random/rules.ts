/**
 * Departures that only random requests meet, by rule.
 *
 * @module
 */

import { BIG_INTEGERS, type Issue } from '../departures.ts'
import type { Answer } from '../exchange.ts'
import type { Difference } from '../json-diff.ts'
import { contentOf, type HttpStep } from '../scenarios.ts'
import type { AppDescription, Route } from './description.ts'

/** FastAPI's own 422 fails where its `input` is no JSON: NaN, infinities, half a surrogate pair, bytes. */
export const UNWRITABLE = 'an input that FastAPI cannot write'
export const RETURNED_EXTRA = 'a field that the response model forbids'
export const RETURNED_PART = 'a field that is left out of a response'
/** `1.0` and `1e3` are integers to JSON.parse. */
export const WHOLE_FLOATS = 'a float without a fraction'
/** To JSON.parse, `1e25` and its 26 digits are one number. */
export const LARGE_FLOATS = 'digits of a large float'
/** What is no JSON is text here, unless the schema is `Bytes()`. */
export const TEXT_BODY = 'a body that is not JSON'
/** Patterns are those of JavaScript: `\d` is ASCII, `.` no separator of lines. */
export const PATTERNS = 'a pattern on other than ASCII'

/** What of an app a rule needs to know. */
export interface About {
  readonly route: Route
  /** Whether arrays may come from sets, whose order says nothing. */
  readonly hasSets: boolean
  readonly forbids: boolean
  /** All names and aliases of fields. */
  readonly names: ReadonlySet<string>
}

export function aboutOf ({ models }: AppDescription, route: Route): About {
  const fields = models.flatMap(({ fields }) => fields)
  return {
    route,
    hasSets: JSON.stringify([models, route]).includes('"k":"set"'),
    forbids: models.some(({ extra }) => extra === 'forbid'),
    names: new Set(fields.flatMap(({ name, alias = name }) => [name, alias]))
  }
}

type Explains = (step: HttpStep, answer: Answer, differences: readonly Difference[], about: About) => boolean

const isSent = ({ expect }: HttpStep, { status }: Answer): boolean => expect.status === 500 && status < 300

const RULES: ReadonlyArray<readonly [rule: string, Explains]> = [
  [UNWRITABLE, ({ body, expect }, { status }) => expect.status === 500 && status !== 500 && body !== null && isUnwritable(contentOf(body))],
  [WHOLE_FLOATS, ({ body }, _answer, differences) => {
    return body !== null && /\d\.0|\de/i.test(contentOf(body).toString()) && differences.every(({ expected, got }) => isSameNumber(expected, got))
  }],
  [LARGE_FLOATS, ({ body, expect }) => body !== null && /\de\+?\d\d/i.test(contentOf(body).toString()) && JSON.stringify(expect.json ?? null).includes('"int_parsing_size"')],
  [TEXT_BODY, ({ headers, body, expect }, _answer, differences) => {
    const isJson = headers.some(([name, value]) => name === 'content-type' && /^application\/(.*\+)?json/i.test(value))
    const isOther = ({ expected, got }: Difference): boolean => /invalid length: expected 16 bytes|decimal_type|Decimal input should be/.test(String(expected)) || String(got).includes('\ufffd')
    const isDecimal = JSON.stringify(expect.json ?? null).includes('"decimal_type"') && differences.every(({ at }) => at === '/detail' || at.startsWith('status') || at.startsWith('/'))
    return !isJson && body !== null && (isDecimal || differences.every(isOther))
  }],
  [RETURNED_PART, (step, answer, _differences, { route: { response } }) => isSent(step, answer) && (response?.exclude_unset ?? response?.exclude_none ?? response?.exclude_defaults) === true],
  [RETURNED_EXTRA, (step, answer, _differences, { route: { response }, forbids, names }) => {
    return isSent(step, answer) && response !== undefined && forbids && step.body !== null && keysOf(JSON.parse(contentOf(step.body).toString())).some(key => !names.has(key))
  }]
]

function isSameNumber (expected: unknown, got: unknown): boolean {
  const text = (value: unknown): string => String(value).replaceAll(/(\d)\.0\b/g, '$1').toLowerCase()
  return Number(expected) === Number(got) || text(expected) === text(got)
}

function isUnwritable (bytes: Buffer): boolean {
  const text = bytes.toString()
  return text.includes('\ufffd') || /NaN|Infinity|\de\+?\d{3}|\\ud[89a-f]/i.test(text)
}

function keysOf (value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return [...Array.isArray(value) ? [] : Object.keys(value), ...Object.values(value).flatMap(keysOf)]
}

/** The rule that explains all differences of an answer; `undefined` when one is left. */
export function ruleOf (step: HttpStep, answer: Answer, differences: readonly Difference[], about: About): string | undefined {
  return RULES.find(([, explains]) => explains(step, answer, differences, about))?.[0]
}

/** An answer without the issues that a departure explains, and that departure; `undefined` if there are none. */
export function withoutDepartures (step: HttpStep, answer: Answer): { readonly answer: Answer, readonly rule: string, readonly isLeft: boolean } | undefined {
  if (answer.status !== 422) return undefined
  const body: { detail: Issue[] } = JSON.parse(answer.body.toString())
  if (!Array.isArray(body.detail)) return undefined
  const others = body.detail.filter(({ type, input }) => type !== 'string_pattern_mismatch' || /^[\p{ASCII}]*$/u.test(String(input)))
  const detail = withoutUnions(Object(step.expect.json).detail, others)
  if (detail.length === body.detail.length) return undefined
  const rule = others.length === body.detail.length ? BIG_INTEGERS : PATTERNS
  return { answer: { ...answer, body: Buffer.from(JSON.stringify({ ...body, detail })) }, rule, isLeft: detail.length > 0 }
}

/** Without integers that are too big; if one is in a union, without what its other members say and FastAPI does not. */
function withoutUnions (expected: unknown, issues: readonly Issue[]): Issue[] {
  const big = issues.filter(({ type }) => type === 'int_parsing_size')
  const known = new Set(Array.isArray(expected) ? expected.map(issue => JSON.stringify([issue.type, issue.loc])) : [])
  const isBeside = ({ loc }: Issue): boolean => big.some(other => other.loc[0] === loc[0] && (other.loc[1] === loc[1] || loc[0] === 'body'))
  return issues.filter(issue => known.has(JSON.stringify([issue.type, issue.loc])) || !isBeside(issue))
}
