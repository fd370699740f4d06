/**
 * Departures that only random requests meet, by rule. Each looks at the difference itself: at the value that causes it.
 *
 * @module
 */

import { BIG_INTEGERS, NOT_FINITE, type Issue } from '../departures.ts'
import type { Answer } from '../exchange.ts'
import type { Difference } from '../json-diff.ts'
import type { HttpStep } from '../scenarios.ts'
import type { AppDescription, Route } from './description.ts'
import { type Fault, isUnwritable } from './fault.ts'
import { isLargeInteger, Sent } from './sent.ts'

/** FastAPI's own 422 fails where its `input` is no JSON: NaN, infinities, half a surrogate pair, bytes. */
export const UNWRITABLE = 'an input that FastAPI cannot write'
export const RETURNED_EXTRA = 'a field that the response model forbids'
/** An object has one property of a name: the field's. */
export const EXTRA_NAME = 'an extra field that has the name of one with an alias'
/** A response is read by the names of fields as well as by their aliases. */
export const RETURNED_NAME = 'a field by its name beside its alias'
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
  /** The aliases of fields, by their names. */
  readonly aliases: ReadonlyMap<string, ReadonlySet<string>>
}

export function aboutOf ({ models }: AppDescription, route: Route): About {
  const aliases = new Map<string, Set<string>>()
  for (const { name, alias } of models.flatMap(({ fields }) => fields)) if (alias !== undefined) aliases.set(name, (aliases.get(name) ?? new Set()).add(alias))
  return { route, hasSets: JSON.stringify([models, route]).includes('"k":"set"'), aliases }
}

/** What a rule looks at. */
export interface Case {
  readonly step: HttpStep
  readonly answer: Answer
  /** The JSON of both answers, with all digits. */
  readonly theirs: unknown
  readonly ours: unknown
  /** How FastAPI has failed. */
  readonly fault?: Fault | undefined
  readonly about: About
}

type Explains = (of: Case, differences: readonly Difference[]) => boolean

const RULES: ReadonlyArray<readonly [rule: string, Explains]> = [
  [UNWRITABLE, ({ answer: { status, body }, fault }) => fault !== undefined && isUnwritable(fault) && fault.type !== 'ValueError' && fault.issues === null && status < 300 && /\\ud[89a-f]/i.test(body.toString())],
  [UNWRITABLE, of => /\\ud[89a-f]/i.test(of.answer.body.toString()) && isReturned(of, ['string_unicode'])],
  [NOT_FINITE, ({ answer: { status, body }, fault }) => fault !== undefined && isUnwritable(fault) && fault.type === 'ValueError' && fault.issues === null && status < 300 && body.includes('null')],
  [RETURNED_EXTRA, of => isReturned(of, ['extra_forbidden'])],
  [RETURNED_PART, of => {
    const response = of.about.route.response
    const isPartial = response?.exclude_unset ?? response?.exclude_defaults ?? response?.exclude_none
    return isPartial === true && isReturned(of, ['missing', 'extra_forbidden', 'int_parsing_size'], issue => issue.type !== 'int_parsing_size' || typeof new Sent(of.step).at(issue) === 'number')
  }],
  [RETURNED_NAME, (of, differences) => {
    const { step, answer, about: { route, aliases } } = of
    if (route.response === undefined || step.expect.status === 422) return false
    const keys = new Set(new Sent(step).keys())
    const named = [...aliases].filter(([name]) => keys.has(name))
    if (step.expect.status === 500) return isReturned(of, ['missing', 'extra_forbidden'], ({ type, loc }) => type !== 'missing' || named.some(([, others]) => others.has(String(loc.at(-1)))))
    const isOfName = ({ at }: Difference): boolean => named.some(([name, others]) => at.split('/').some(key => key === name || others.has(key)))
    return named.length > 0 && (answer.status === 500 || differences.every(isOfName))
  }],
  [EXTRA_NAME, ({ step, about: { aliases } }, differences) => {
    const keys = new Sent(step).keys()
    const nameIn = (at: string): string => at.slice(at.lastIndexOf('/') + 1)
    return differences.every(({ at, expected, got }) => expected !== undefined && got === undefined && aliases.has(nameIn(at)) && keys.includes(nameIn(at)))
  }],
  [WHOLE_FLOATS, (_of, differences) => differences.every(({ expected, got }) => isWithoutFraction(expected, got))],
  [BIG_INTEGERS, (_of, differences) => differences.every(({ at, expected, got }) => /^\/detail\/\d+\/input$/.test(at) && typeof expected === 'bigint' && String(expected) === got)],
  [LARGE_FLOATS, (_of, differences) => differences.every(({ expected, got }) => isRounded(expected, got))],
  [LARGE_FLOATS, of => isReturned(of, ['int_parsing_size'], issue => typeof new Sent(of.step).at(issue) === 'number')],
  [TEXT_BODY, ({ step: { headers, body } }, differences) => {
    const isJson = headers.some(([name, value]) => name === 'content-type' && /^application\/(.*\+)?json/i.test(value))
    return !isJson && body !== null && differences.every(isOfText)
  }]
]

/** Whether all that FastAPI has against a returned value are such issues; of a union, one member with such issues is enough. */
function isReturned ({ step, answer, fault }: Case, types: readonly string[], isExcused: (issue: Issue) => boolean = () => true): boolean {
  if (fault?.type !== 'ResponseValidationError' || fault.issues === null || answer.status >= 300) return false
  const sent = new Sent(step)
  const issues = fault.issues.map(issue => ({ ...issue, loc: ['body', ...issue.loc.slice(1)] }))
  const excused = issues.filter(issue => types.includes(issue.type) && isExcused(issue))
  return excused.length > 0 && issues.every(issue => excused.includes(issue) || excused.some(other => sent.isBeside(issue, other)))
}

function isWithoutFraction (expected: unknown, got: unknown): boolean {
  if (typeof expected === 'boolean') return got === Number(expected)
  if (typeof got === 'boolean') return expected === Number(got)
  return /\d\.0\b|\de/i.test(String(expected)) && String(expected).replaceAll(/(\d)\.0\b/g, '$1').replaceAll(/-0\b/g, '0') === String(got)
}

/** Two numbers that a double does not tell apart, or texts with such numbers. */
function isRounded (expected: unknown, got: unknown): boolean {
  const rounded = (text: string): string => text.replaceAll(/\d{16,}/g, digits => String(Number(digits)))
  if (typeof expected === 'string' && typeof got === 'string') return /\d{16}/.test(expected) && rounded(expected) === rounded(got)
  const [left, right] = [expected, got].map(value => /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(String(value)) && !Array.isArray(value) ? Number(value) : NaN)
  return left === right && Math.abs(Number(left)) > Number.MAX_SAFE_INTEGER
}

/** Types that take text and no bytes. */
const OF_BYTES = new Set(['decimal_type', 'Decimal input should be an integer, float, string or Decimal object', 'url_type', 'URL input should be a string or URL'])

/** What is said of bytes, and not of text; bytes that are no text. */
function isOfText ({ at, expected, got }: Difference): boolean {
  if (OF_BYTES.has(String(expected)) || (at.endsWith('/ctx') && expected === undefined)) return true
  const isRead = typeof got === 'string' && (String(expected) === got || (typeof expected === 'number' && Number(got) === expected))
  return isRead || /invalid length: expected 16 bytes/.test(String(expected)) || (String(got).includes('\ufffd') && !String(expected).includes('\ufffd'))
}

/** The rule that explains all differences of an answer; `undefined` when one is left. */
export function ruleOf (of: Case, differences: readonly Difference[]): string | undefined {
  return RULES.find(([, explains]) => explains(of, differences))?.[0]
}

const keyOf = ({ type, loc }: Issue): string => JSON.stringify([type, loc])

/** Whether a pattern that has failed matches as Python's does: with the digits and letters of Unicode, and separators of lines. */
function isOfUnicode ({ type, input, ctx }: Issue): boolean {
  if (type !== 'string_pattern_mismatch' || typeof input !== 'string') return false
  const source = String(Object(ctx).pattern).replaceAll('\\d', '\\p{Nd}').replaceAll('\\w', '[\\p{L}\\p{N}_]')
  return new RegExp(source, 'su').test(input)
}

/** An integer of 32 bits is an address; only as a float it is none. */
function isFloatAddress ({ type, input }: Issue): boolean {
  return type === 'ip_v4_address' && Number.isInteger(input) && Number(input) >= 0 && Number(input) < 2 ** 32
}

/** What is left of both answers, and the departure that explains the rest. */
export interface Left {
  readonly theirs: readonly Issue[]
  readonly ours: readonly Issue[]
  readonly rule: string
}

/** What is said of integers, which FastAPI does not say of a float beyond 64 bits. */
const OF_INTEGERS = new Set(['int_parsing_size', 'multiple_of', 'less_than_equal', 'less_than', 'greater_than_equal', 'greater_than', 'literal_error', 'enum'])

/** So many bytes are a value: the whole body, which is bytes in FastAPI. */
const BYTES: ReadonlyMap<string, number> = new Map([['ip_v4_address', 4], ['uuid_parsing', 16]])

/** What is said of a list, before or after its items are read. */
const OF_LENGTH = new Set(['too_short', 'too_long'])

/**
 * The issues of two 422 without those that a departure explains: of patterns and of large integers; what the other members
 * of a union say, if FastAPI accepts the value; and what FastAPI says of the integer, or of the length of its list.
 * `undefined` if there are none.
 */
export function withoutDepartures ({ step, theirs, ours }: Case): Left | undefined {
  const [left, right] = [theirs, ours].map(json => Object(json).detail)
  const expected: readonly Issue[] = Array.isArray(left) ? left : []
  const got: readonly Issue[] = Array.isArray(right) ? right : []
  const sent = new Sent(step)
  const isIn = (issues: readonly Issue[], issue: Issue): boolean => issues.some(other => keyOf(other) === keyOf(issue))
  const only = got.filter(issue => !isIn(expected, issue))
  const patterns = only.filter(isOfUnicode)
  const big = only.filter(issue => issue.type === 'int_parsing_size' && isLargeInteger(sent.at(issue) ?? issue.input))
  const floats = only.filter(issue => OF_INTEGERS.has(issue.type) && typeof sent.at(issue) === 'number' && isLargeInteger(sent.at(issue)))
  const bytes = only.filter(({ type, loc, input }) => loc.length === 1 && sent.isText && BYTES.get(type) === Buffer.byteLength(String(input)))
  const excused = [...patterns, ...big, ...floats, ...bytes]
  const beside = only.filter(issue => excused.some(other => sent.isBeside(issue, other) && !expected.some(known => sent.isBeside(known, other))))
  const addresses = expected.filter(issue => !isIn(got, issue) && isFloatAddress(issue))
  if (excused.length + addresses.length === 0) return undefined
  const isInstead = ({ type, loc }: Issue): boolean => excused.some(other => {
    return JSON.stringify(loc) === JSON.stringify(other.loc) || (OF_LENGTH.has(type) && JSON.stringify(loc) === JSON.stringify(other.loc.slice(0, loc.length)))
  })
  return {
    theirs: expected.filter(issue => !addresses.includes(issue) && (isIn(got, issue) || !isInstead(issue))),
    ours: got.filter(issue => !excused.includes(issue) && !beside.includes(issue)),
    rule: bytes.length > 0 ? TEXT_BODY : floats.length > 0 ? LARGE_FLOATS : big.length > 0 ? BIG_INTEGERS : patterns.length > 0 ? PATTERNS : WHOLE_FLOATS
  }
}
