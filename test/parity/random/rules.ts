/**
 * Departures that only random requests meet, by rule. Each looks at the difference itself: at the value that causes it.
 *
 * @module
 */

import { isUtf8 } from 'node:buffer'
import { BIG_INTEGERS, NOT_FINITE } from '../departures.ts'
import type { Difference } from '../json-diff.ts'
import { contentOf } from '../scenarios.ts'
import type { Case } from './case.ts'
import { isUnwritable } from './fault.ts'
import { isExtraName, isHalf, isReadByName, returnedRule } from './returned.ts'
import { EXTRA_NAME, LARGE_FLOATS, RETURNED_NAME, TEXT_BODY, UNWRITABLE, WHOLE_FLOATS } from './rule-names.ts'
import { Sent } from './sent.ts'

type Explains = (of: Case, differences: readonly Difference[]) => boolean

const RULES: ReadonlyArray<readonly [rule: string, Explains]> = [
  [UNWRITABLE, ({ answer: { status, body }, fault }) => fault !== undefined && isUnwritable(fault) && fault.type !== 'ValueError' && fault.issues === null && status < 300 && isHalf(body)],
  [NOT_FINITE, ({ answer: { status, body }, fault }) => fault !== undefined && isUnwritable(fault) && fault.type === 'ValueError' && fault.issues === null && status < 300 && body.includes('null')],
  [RETURNED_NAME, isReadByName],
  [EXTRA_NAME, (of, differences) => differences.every(difference => isExtraName(of, difference))],
  [WHOLE_FLOATS, (_of, differences) => differences.every(({ expected, got }) => isWithoutFraction(expected, got))],
  [BIG_INTEGERS, (_of, differences) => differences.every(({ at, expected, got }) => /^\/detail\/\d+\/input$/.test(at) && typeof expected === 'bigint' && String(expected) === got)],
  [LARGE_FLOATS, (_of, differences) => differences.every(({ expected, got }) => isRounded(expected, got))],
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
  if (typeof expected === 'string' && typeof got === 'string') return /\d{16}/.test(expected) && rounded(expected) === rounded(got)
  const [left, right] = [expected, got].map(value => /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(String(value)) && !Array.isArray(value) ? Number(value) : NaN)
  return left === right && Math.abs(Number(left)) > Number.MAX_SAFE_INTEGER
}

/** A body that is not JSON, read as text: what pydantic says of so many bytes, what it reads from bytes first, and bytes that are no text. */
function isOfText ({ step, about: { route } }: Case, { at, expected, got }: Difference): boolean {
  if (step.body === null || !new Sent(step).isText) return false
  const content = contentOf(step.body)
  const isIssue = /^\/detail\/\d+\/(msg|ctx\/error)$/.test(at)
  if (isIssue) return String(expected).endsWith(`invalid length: expected 16 bytes, found ${content.length}`)
  if (!isUtf8(content)) return String(got).includes('\ufffd') && !String(expected).includes('\ufffd')
  const isWhole = at === '' || route.parameters.some(({ name, in: place }) => place === 'body' && at === `/${name}`)
  return isWhole && got === content.toString() && (String(expected) === got || Number(got) === expected)
}

/** The rule that explains all differences of an answer; `undefined` when one is left. */
export function ruleOf (of: Case, differences: readonly Difference[]): string | undefined {
  return returnedRule(of) ?? RULES.find(([, explains]) => explains(of, differences))?.[0]
}
