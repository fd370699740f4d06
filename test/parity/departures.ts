/**
 * Where the project departs from FastAPI on purpose, by rule: such a step is skipped, and counted under its rule.
 *
 * @module
 */

import type { Answer } from './exchange.ts'
import { diffJson, type Difference } from './json-diff.ts'
import { contentOf, type HttpStep } from './scenarios.ts'

export const HEAD_OPTIONS = 'HEAD/OPTIONS 405'
export const PLAIN_500 = 'plain-text 500'
/** RFC 9110 §15.3.5: such an answer ends with its headers, and the recording had no wire. */
export const NO_CONTENT = 'content of a 204'
export const OFFSETS = 'offset of a datetime'
export const BIG_INTEGERS = 'integer beyond 2^53'
export const SECURITY_FIRST = 'security before the body'
/** RFC 9112 §5.1 has no place for them, and the recording had no wire. */
export const TRIMMED_HEADERS = 'blanks at the ends of a header'
export const SECRET_INPUT = 'input of a 422 that may hold a secret'
export const BODY_FIRST = 'a body is read before the handler'
export const LIMIT_HEADERS = 'headers of hooks on a 413'
export const QUERY_TYPE = 'QUERY without a content type'
export const TWO_KINDS = 'one file as bytes and as a file'
export const FILE_INPUT = 'a file in the input of a 422'
export const CUT_MULTIPART = 'multipart that is cut off'
export const NOT_FINITE = 'NaN and infinities in an answer'
/** Nothing has been sent, so the error is. */
export const FAILED_FIRST = 'a stream that fails at its first item'
/** It stops the start here: the app of the recording has it without `validateDefault`. */
export const INVALID_DEFAULT = 'a default that does not fit'
/** The recorded app fails where its twin here has a check: a KeyError for a 404, naive datetimes beside others. */
export const APP_FAILS = 'a mistake of the recorded app'

/** The rule by which a request need not be sent at all. */
export function departsByRequest ({ method, expect }: HttpStep): string | undefined {
  return expect.status === 405 && (method === 'HEAD' || method === 'OPTIONS') ? HEAD_OPTIONS : undefined
}

/** The rule that explains all differences of an answer; `undefined` when one is left. */
export function departsByAnswer (step: HttpStep, answer: Answer, differences: readonly Difference[]): string | undefined {
  return RULES.find(([, explains]) => explains(step, answer, differences))?.[0]
}

type Explains = (step: HttpStep, answer: Answer, differences: readonly Difference[]) => boolean

const RULES: ReadonlyArray<readonly [rule: string, Explains]> = [
  [PLAIN_500, ({ expect }, answer, differences) => {
    const isPlain = expect.status === 500 && expect.body?.text === 'Internal Server Error'
    return isPlain && answer.body.toString() === '{"detail":"Internal Server Error"}' && isOnly(differences, ['body', 'header content-type'])
  }],
  [NO_CONTENT, ({ expect }, { status, body }, differences) => {
    return expect.status === 204 && status === 204 && body.length === 0 && isOnly(differences, ['body', 'header content-type'])
  }],
  [FILE_INPUT, ({ expect }, _answer, differences) => {
    return JSON.stringify(expect.json ?? null).includes('"_max_mem_size"') && differences.every(({ at }) => /^\/detail\/\d+\/input\/(.*\/)?(file|_max_mem_size|contentType)$/.test(at))
  }],
  [SECRET_INPUT, ({ expect }, _answer, differences) => differences.every(difference => isSecret(difference, expect.json))],
  [BODY_FIRST, ({ headers, expect }, { status, body }) => {
    const isChunked = headers.some(([name]) => name === 'transfer-encoding')
    return isChunked && (expect.status === 200 || expect.body?.text === 'Content Too Large') && status === 413 && body.toString() === '{"detail":"Content Too Large"}'
  }],
  [LIMIT_HEADERS, ({ expect }, { status }, differences) => expect.status === 413 && status === 413 && differences.every(({ at, expected }) => at.startsWith('header x-') && expected === '')],
  [TWO_KINDS, ({ expect }, { status, body }, differences) => {
    const isTwice = differences.every(({ at, expected }) => at.endsWith('/required') && Array.isArray(expected) && new Set(expected).size < expected.length)
    // In the document, the second parameter of the file stands beside the models.
    const isBeside = differences.every(({ at, expected, got }) => at.endsWith('/allOf') && Array.isArray(expected) && diffJson(expected.filter(part => !JSON.stringify(part).includes('"contentMediaType"')), got).length === 0)
    return isTwice || isBeside || (expect.status === 200 && status === 422 && /"bytes_type".*"filename"/.test(body.toString()))
  }],
  [QUERY_TYPE, ({ method, headers }, { status, body }) => method === 'QUERY' && !headers.some(([name]) => name === 'content-type') && status === 400 && body.includes("must provide a 'Content-Type'")],
  [NOT_FINITE, ({ server_exception: exception, expect }, { status }) => exception === 'ValueError' && expect.status === 500 && status === 200],
  [APP_FAILS, ({ server_exception: exception, expect }, { status }) => exception !== undefined && expect.status === 500 && status < 500],
  [FAILED_FIRST, ({ server_exception: exception, expect }, { status, body, isCut }) => {
    const isEmpty = exception !== undefined && expect.status === 200 && expect.body?.text === ''
    return isEmpty && status === 500 && isCut !== true && body.toString() === '{"detail":"Internal Server Error"}'
  }],
  [INVALID_DEFAULT, ({ query, expect }, { status }) => {
    const issues: readonly Issue[] = Object(expect.json).detail ?? []
    const sent = new URLSearchParams(query)
    return expect.status === 422 && status === 200 && issues.every(({ loc, input }) => loc[0] === 'query' && !sent.has(String(loc[1])) && typeof input === 'string')
  }],
  [CUT_MULTIPART, ({ headers, body, expect }, answer) => {
    const content = body === null ? '' : contentOf(body).toString()
    const [, boundary = ''] = /boundary=([^;]+)/.exec(headers.find(([name]) => name === 'content-type')?.[1] ?? '') ?? []
    const isCut = /^--(.+)\r\n/.test(content) ? !/--\s*$/.test(content) : content !== '' && `--${boundary}`.startsWith(content.trimStart())
    return isCut && expect.status !== 400 && answer.status === 400 && answer.body.toString().includes('Invalid multipart data.')
  }],
  [OFFSETS, (_step, _answer, differences) => differences.every(({ expected, got }) => isSameInstant(expected, got) || isSameTime(expected, got))],
  [BIG_INTEGERS, ({ path, query, headers, body, expect }, answer) => {
    const sent = path + query + headers.join('') + (body === null ? '' : contentOf(body).toString())
    if (!/\d{16}/.test(sent) || answer.status !== 422 || !isTooBig(answer.body)) return false
    return diffJson(expect.status === 422 ? Object(expect.json).detail : [], withoutTooBig(JSON.parse(answer.body.toString()).detail)).length === 0
  }],
  [SECURITY_FIRST, ({ expect }, { status }) => {
    return expect.status === 422 && (status === 401 || status === 403) && JSON.stringify(expect.json).includes('"json_invalid"')
  }],
  [TRIMMED_HEADERS, ({ headers }, _answer, differences) => {
    const trimmed = headers.map(([, value]) => value).filter(value => value !== value.trim())
    return differences.every(({ expected, got }) => trimmed.some(value => value === expected && value.trim() === got))
  }]
]

/** Headers that hold credentials. */
const CREDENTIALS = new Set(['authorization', 'proxy-authorization', 'cookie'])

/** Fields that the recorded apps declare as secrets. */
const SECRETS = new Set(['password', 'client_secret'])

/** A secret that FastAPI shows, and that is left out here, or starred in the value around it; a text that names one may hold it. */
function isSecret ({ at, expected, got }: Difference, theirs: unknown): boolean {
  const [, index, path] = /^\/detail\/(\d+)\/input((?:\/.*)?)$/.exec(at) ?? []
  if (path === undefined || typeof expected !== 'string') return false
  const { loc = [] }: Partial<Issue> = Object(theirs).detail?.[Number(index)] ?? {}
  const isNamed = (name: unknown): boolean => SECRETS.has(String(name)) || (loc[0] === 'header' && CREDENTIALS.has(String(name)))
  if (path !== '') return got === '**********' && isNamed(path.slice(path.lastIndexOf('/') + 1))
  return got === undefined && (isNamed(loc.at(-1)) || [...SECRETS].some(name => expected.includes(name)))
}

function isOnly (differences: readonly Difference[], places: readonly string[]): boolean {
  return differences.every(({ at }) => places.includes(at))
}

const ISO = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/

/** Two texts of one instant, to the millisecond that a `Date` holds; one without an offset is read as UTC. */
export function isSameInstant (a: unknown, b: unknown): boolean {
  const [left, right] = [instant(a), instant(b)]
  return left !== undefined && left === right
}

function instant (text: unknown): number | undefined {
  const [, seconds, fraction = '', offset = 'Z'] = ISO.exec(String(text)) ?? []
  return seconds === undefined ? undefined : Date.parse(seconds + fraction.slice(0, 4) + offset)
}

/** Two texts of one time of the day, of which one has an offset. */
function isSameTime (a: unknown, b: unknown): boolean {
  const [left, right] = [a, b].map(text => {
    const [, seconds, fraction = ''] = /^(\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)?$/.exec(String(text)) ?? []
    return seconds && seconds + fraction.padEnd(6, '0')
  })
  return left !== undefined && left === right
}

/** The issues of a 422 without integers that are too big, and without those of the other members of their unions. */
export function withoutTooBig (issues: readonly Issue[]): Issue[] {
  const unions = issues.filter(({ type, loc }) => type === 'int_parsing_size' && loc.at(-1) === 'int').map(({ loc }) => JSON.stringify(loc.slice(0, -1)))
  return issues.filter(({ type, loc }) => type !== 'int_parsing_size' && !unions.includes(JSON.stringify(loc.slice(0, -1))))
}

export interface Issue {
  readonly type: string
  readonly loc: readonly unknown[]
  readonly msg?: string
  readonly input?: unknown
  readonly ctx?: unknown
}

/** Whether a 422 says that an integer is too big. Of a union every member has an issue, and one is this. */
export function isTooBig (body: Buffer | string): boolean {
  return body.toString().includes('"type":"int_parsing_size"')
}
