/**
 * What straight code calls.
 *
 * @module
 */

import { Refusal } from '../types/codec.ts'
import { noteFilled } from '../core/schema/fields-set.ts'
import { FAIL, Pass } from '../core/schema/issue.ts'
import { codePoints } from '../core/schema/scalars.ts'

/** Reads the plain integers that clients send; NaN for the rest. */
function shortInteger (text: unknown): number {
  if (typeof text !== 'string' || text.length > 15) return NaN
  let i = text.charCodeAt(0) === 45 ? 1 : 0
  if (i === text.length) return NaN
  let value = 0
  for (; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return NaN
    value = value * 10 + digit
  }
  return text.charCodeAt(0) === 45 ? 0 - value : value
}

const DECIMAL = /^-?\d{1,15}\.\d{1,15}$/

function shortDecimal (text: unknown): number {
  const value = shortInteger(text)
  return Number.isNaN(value) && typeof text === 'string' && DECIMAL.test(text) ? Number(text) : value
}

/** By the names that the code has for them. */
export const RUNTIME = {
  FAIL, Refusal, codePoints, noteFilled, shortInteger, shortDecimal, isInteger: Number.isSafeInteger, isFinite: Number.isFinite, scratch: () => new Pass(1)
}
