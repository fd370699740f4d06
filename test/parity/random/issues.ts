/**
 * Departures of single issues: those that only one of two answers has.
 *
 * @module
 */

import { BIG_INTEGERS, type Issue } from '../departures.ts'
import type { Case } from './case.ts'
import { LARGE_FLOATS, PATTERNS, TEXT_BODY, WHOLE_FLOATS } from './rule-names.ts'
import { isLargeInteger, Sent } from './sent.ts'

const keyOf = ({ type, loc }: Issue): string => JSON.stringify([type, loc])

/** Whether a pattern that has failed matches as Python's does: with the digits and letters of Unicode, and separators of lines. */
function isOfUnicode ({ type, input, ctx }: Issue): boolean {
  if (type !== 'string_pattern_mismatch' || typeof input !== 'string') return false
  const source = String(Object(ctx).pattern).replaceAll('\\d', '\\p{Nd}').replaceAll('\\w', '[\\p{L}\\p{N}_]')
  return new RegExp(source, 'su').test(input)
}

/** An integer of 32 bits is an address; only as a float it is none. */
export function isSentFloat (issue: Issue, sent: Sent): boolean {
  const value = sent.at(issue) ?? issue.input
  return issue.type === 'ip_v4_address' && Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32
}

/** Types that take text and no bytes. */
const OF_BYTES = new Set(['decimal_type', 'url_type'])

/** What FastAPI says of a body that is bytes, and not of text. */
export function isOfBytes ({ type, loc }: Issue): boolean {
  return loc[0] === 'body' && OF_BYTES.has(type)
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
 * The issues of two 422 without those that a departure explains: of patterns, of large integers, of bytes; what the other
 * members of a union say, if FastAPI accepts the value; and what is said of the same value, or of the length of its list.
 * `undefined` if there are none.
 */
export function withoutDepartures ({ step, theirs, ours, about }: Case): Left | undefined {
  const [left, right] = [theirs, ours].map(json => Object(json).detail)
  const expected: readonly Issue[] = Array.isArray(left) ? left : []
  const got: readonly Issue[] = Array.isArray(right) ? right : []
  const sent = new Sent(step, about.route)
  const isIn = (issues: readonly Issue[], issue: Issue): boolean => issues.some(other => keyOf(other) === keyOf(issue))
  const only = got.filter(issue => !isIn(expected, issue))
  const patterns = only.filter(isOfUnicode)
  const big = only.filter(issue => issue.type === 'int_parsing_size' && isLargeInteger(sent.at(issue) ?? issue.input))
  const floats = only.filter(issue => OF_INTEGERS.has(issue.type) && typeof sent.at(issue) === 'number' && isLargeInteger(sent.at(issue)))
  const bytes = only.filter(({ type, loc, input }) => loc.length === 1 && sent.isText && BYTES.get(type) === Buffer.byteLength(String(input)))
  const onlyTheirs = expected.filter(issue => !isIn(got, issue))
  const addresses = onlyTheirs.filter(issue => isSentFloat(issue, sent))
  const ofBytes = onlyTheirs.filter(issue => sent.isText && isOfBytes(issue))
  const isAtOne = ({ loc }: Issue, of: readonly Issue[]): boolean => of.some(other => JSON.stringify(other.loc) === JSON.stringify(loc))
  const excused = [...patterns, ...big, ...floats, ...bytes, ...only.filter(issue => isAtOne(issue, ofBytes))]
  const beside = only.filter(issue => excused.some(other => sent.isBeside(issue, other) && !expected.some(known => sent.isBeside(known, other))))
  if (excused.length + addresses.length + ofBytes.length === 0) return undefined
  const isInstead = (issue: Issue): boolean => isAtOne(issue, excused) ||
    (OF_LENGTH.has(issue.type) && excused.some(other => JSON.stringify(issue.loc) === JSON.stringify(other.loc.slice(0, issue.loc.length))))
  return {
    theirs: expected.filter(issue => !addresses.includes(issue) && !ofBytes.includes(issue) && (isIn(got, issue) || !isInstead(issue))),
    ours: got.filter(issue => !excused.includes(issue) && !beside.includes(issue)),
    rule: bytes.length + ofBytes.length > 0 ? TEXT_BODY : floats.length > 0 ? LARGE_FLOATS : big.length > 0 ? BIG_INTEGERS : patterns.length > 0 ? PATTERNS : WHOLE_FLOATS
  }
}
