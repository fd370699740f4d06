/**
 * Departures that only random requests meet, by rule. Each looks at the difference itself: at the value that causes it.
 *
 * @module
 */

import { BIG_INTEGERS, NOT_FINITE } from '../departures.ts'
import { diffJson, type Difference } from '../json-diff.ts'
import { contentOf } from '../scenarios.ts'
import type { Case } from './case.ts'
import { isUnwritable } from './fault.ts'
import { isExtraName, isHalf, isOtherMember, isReadByName, returnedRule } from './returned.ts'
import { EXTRA_NAME, LARGE_FLOATS, LATIN1, RETURNED_EXTRA, RETURNED_NAME, TEXT_BODY, UNWRITABLE, WHOLE_FLOATS } from './rule-names.ts'
import { Sent } from './sent.ts'

type Explains = (of: Case, differences: readonly Difference[]) => boolean

const RULES: ReadonlyArray<readonly [rule: string, Explains]> = [
  [UNWRITABLE, ({ answer: { status, body }, fault }) => fault !== undefined && isUnwritable(fault) && fault.type !== 'ValueError' && fault.issues === null && status < 300 && isHalf(body)],
  [NOT_FINITE, ({ answer: { status, body }, fault }) => fault !== undefined && isUnwritable(fault) && fault.type === 'ValueError' && fault.issues === null && status < 300 && body.includes('null')],
  [RETURNED_NAME, isReadByName],
  [RETURNED_EXTRA, isOtherMember],
  [EXTRA_NAME, (of, differences) => differences.every(difference => isExtraName(of, difference))],
  [WHOLE_FLOATS, (_of, differences) => differences.every(({ expected, got }) => isWithoutFraction(expected, got))],
  [BIG_INTEGERS, (_of, differences) => differences.every(({ at, expected, got }) => /^\/detail\/\d+\/input$/.test(at) && typeof expected === 'bigint' && String(expected) === got)],
  [LARGE_FLOATS, (_of, differences) => differences.every(({ expected, got }) => isRounded(expected, got))],
  [LATIN1, isLatin1],
  [TEXT_BODY, (of, differences) => differences.every(difference => isOfText(of, difference))]
]

function isWithoutFraction (expected: unknown, got: unknown): boolean {
  if (typeof expected === 'boolean') return got === Number(expected)
  if (typeof got === 'boolean') return expected === Number(got)
  return /\d\.0\b|\de/i.test(String(expected)) && String(expected).replaceAll(/(\d)\.0\b/g, '$1').replaceAll(/-0\b/g, '0') === String(got)
}

/** Two numbers that a double does not tell apart, or texts with such numbers. */
function isRounded (expected: unknown, got: unknown): boolean {
  const rounded = (text: string): string => text.replaceAll(/\d{16,}/g, digits => String(Number(digits)))
  const isText = typeof expected === 'string' && typeof got === 'string' && /\d{16}/.test(expected)
  if (isText && rounded(expected) === rounded(got)) return true
  const [left, right] = [expected, got].map(value => /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(String(value)) && !Array.isArray(value) ? Number(value) : NaN)
  return left === right && Math.abs(Number(left)) > Number.MAX_SAFE_INTEGER
}

/** A body that is not JSON, read as text: what pydantic says of so many bytes, what it reads from bytes first, and bytes that are no text. */
function isOfText ({ step, about: { route } }: Case, { at, expected, got }: Difference): boolean {
  const { isText, isBinary } = new Sent(step)
  if (step.body === null || !isText) return false
  const content = contentOf(step.body)
  const isIssue = /^\/detail\/\d+\/(msg|ctx\/error)$/.test(at)
  if (isIssue) return String(expected).endsWith(`invalid length: expected 16 bytes, found ${content.length}`)
  if (isBinary) return String(got).includes('\ufffd') && !String(expected).includes('\ufffd')
  const isWhole = at === '' || route.parameters.some(({ name, in: place }) => place === 'body' && at === `/${name}`)
  // The app of FastAPI writes bytes as Latin-1.
  return isWhole && got === content.toString() && (String(asUtf8(expected)) === got || Number(got) === expected || (expected === null && /^\s*[+-]?(inf|infinity|nan|\d.*e\d{3,})\s*$/i.test(got)))
}

/** FastAPI reads the raw bytes of an urlencoded form as Latin-1: read as UTF-8, its answer is this one. */
function isLatin1 ({ step: { headers, body }, theirs, ours }: Case): boolean {
  const isForm = headers.some(([name, value]) => name === 'content-type' && value.startsWith('application/x-www-form-urlencoded'))
  if (!isForm || body === null || !contentOf(body).some(byte => byte > 0x7f)) return false
  return diffJson(asUtf8(theirs), ours).length === 0
}

function asUtf8 (value: unknown): unknown {
  // eslint-disable-next-line no-control-regex
  if (typeof value === 'string') return /^[\u0000-\u00ff]*$/.test(value) ? Buffer.from(value, 'latin1').toString() : value
  if (Array.isArray(value)) return value.map(asUtf8)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [asUtf8(key), asUtf8(part)]))
}

/** The rule that explains all differences of an answer; `undefined` when one is left. */
export function ruleOf (of: Case, differences: readonly Difference[]): string | undefined {
  return returnedRule(of) ?? RULES.find(([, explains]) => explains(of, differences))?.[0]
}
