/**
 * Literals and enums: exact values, listed in the message as Python prints them.
 *
 * @module
 */

import { Refusal } from '../../types/codec.ts'
import { INT_SIZE } from '../../types/integer-text.ts'
import { largeInteger, parseInteger } from './scalars.ts'
import type { LiteralShape } from './shape.ts'

const PLAIN = /^[\w .-]*$/

/** What Python does not print: all blanks but the space, control characters, halves of surrogate pairs. */
const UNPRINTABLE = /[^\P{C} ]|[^\P{Z} ]/gu

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escape (character: string): string {
  const code = Number(character.codePointAt(0)).toString(16)
  return ESCAPES[character] ?? (code.length <= 2 ? `\\x${code.padStart(2, '0')}` : code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`)
}

/** A value of JSON as Python's `repr` writes it. */
export function repr (value: unknown): string {
  if (typeof value === 'string') {
    if (PLAIN.test(value)) return `'${value}'`
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'"
    const escaped = value.replaceAll('\\', '\\\\').replaceAll(UNPRINTABLE, escape)
    return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote
  }
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  if (isPlain(value)) return `{${Object.entries(value).map(([key, part]) => `${repr(key)}: ${repr(part)}`).join(', ')}}`
  return reprOfNumber(Number(value))
}

function reprOfNumber (value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  // Below, Python writes an exponent of two digits at least.
  return value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential().replace(/-(\d)$/, '-0$1') : String(value)
}

function isPlain (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && Object.prototype.toString.call(value) === '[object Object]'
}

/** `'a', 'b' or 'c'`, without the Oxford comma. */
function alternatives (values: readonly unknown[]): string {
  const words = values.map(repr)
  const last = words.splice(-1)
  return [...words.length > 0 ? [words.join(', ')] : [], ...last].join(' or ')
}

/** Compiles the check of one literal or enum. */
export function literalParser ({ values, issue }: LiteralShape): (input: unknown) => unknown {
  const expected = alternatives(values)
  const refusal = new Refusal(issue, `Input should be ${expected}`, { expected })
  const allowed = new Set(values)
  // In Python, 1 and True are equal.
  const equals = new Map(values.filter(value => typeof value === 'number' || typeof value === 'boolean').map(value => [Number(value), value]))
  // An IntEnum reads its members as integers, so '1' is 1; a Literal takes no text.
  const readsText = issue === 'enum' && values.every(value => typeof value === 'number')

  return input => {
    if (allowed.has(input)) return input
    if (typeof input === 'boolean' || typeof input === 'number') {
      const equal = equals.get(Number(input))
      return equal !== undefined ? equal : isLargeInteger(input) && equals.size > 0 ? INT_SIZE : refusal
    }
    if (typeof input !== 'string' || !readsText) return refusal
    const value = parseInteger(input)
    if (value === INT_SIZE) return isInt64(input) ? refusal : INT_SIZE
    return allowed.has(value) ? value : refusal
  }
}

/**
 * Whether a number may have been sent as an integer beyond 64 bits, which pydantic does not compare. `JSON.parse` makes one
 * number of `1e25` and of its 26 digits: up to 30 digits it counts as an integer, beyond as a float.
 */
function isLargeInteger (input: number | boolean): boolean {
  const size = Math.abs(Number(input))
  return size >= 2 ** 63 && size < 1e30
}

function isInt64 (text: string): boolean {
  const value = largeInteger(text)
  return value !== undefined && BigInt.asIntN(64, value) === value
}
