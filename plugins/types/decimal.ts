/**
 * Decimal numbers: money, measures.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import type { Decimal as DecimalJs } from 'decimal.js'
import { type Codec, kCodec, Refusal } from './codec.ts'
import { type Parts, printDecimal, readDecimal } from './decimal-text.ts'
import { domain } from './domain.ts'
import { optionalPeer } from '../core/peer.ts'

type DecimalClass = typeof DecimalJs

/** A bound: a number, or a string if a number cannot represent it. */
export type DecimalBound = number | string

export interface DecimalOptions extends SchemaOptions {
  /** Maximum number of digits. */
  maxDigits?: number
  /** Maximum number of digits after the point. */
  decimalPlaces?: number
  minimum?: DecimalBound
  maximum?: DecimalBound
  exclusiveMinimum?: DecimalBound
  exclusiveMaximum?: DecimalBound
  multipleOf?: DecimalBound
}

const TYPE = new Refusal('decimal_type', 'Decimal input should be an integer, float, string or Decimal object')
const PARSING = new Refusal('decimal_parsing', 'Input should be a valid decimal')
const NOT_FINITE = new Refusal('finite_number', 'Input should be a finite number')

/** Types that are read, beside a `Decimal`. Handlers and BigInteger() have integers of any size. */
const TAKEN: ReadonlySet<string> = new Set(['string', 'number', 'bigint'])

/** decimal.js makes Infinity of what is larger, Python of what is a hundred times larger. */
const MAX_EXPONENT = 9e15

/** Python's default precision: results longer than this are rounded. */
const PRECISION = 28

// decimal.js forgets the zeros at the end: `1.10` is 1.1. What was read is printed as it was read. A property, as a weak
// map of all numbers of a long list takes the collector longer than the numbers take to read.
const kPrinted: unique symbol = Symbol('fastify-apikit.types.printed')

function notePrinted (value: DecimalJs, text: string): DecimalJs {
  return Object.defineProperty(value, kPrinted, { value: text })
}

/** Texts of most numbers, which decimal.js reads and prints as they are but for zeros at their end. */
const USUAL = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,6})?$/

/** A decimal as Python prints it. */
export function encodeDecimal (value: DecimalJs): string {
  const known: unknown = Reflect.get(value, kPrinted)
  if (typeof known === 'string') return known
  if (!value.isFinite()) return String(value)
  return value.e <= -7 || value.e > PRECISION ? value.toExponential().replace('e', 'E') : value.toFixed()
}

/** Digits as databases write them. */
const DIGITS = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/

/**
 * Returns what reads decimals that a database has written: the codec, without its checks.
 *
 * @param parse reads what is no plain number: exponents, NaN
 */
export function storedDecimal (parse: (text: string) => unknown): (text: string) => unknown {
  const { Decimal } = optionalPeer<{ Decimal: DecimalClass }>('fastify-apikit/types: Decimal()', 'decimal.js')
  return text => {
    // Longer ones are printed with an exponent, or are not zero but look like it.
    if (text.length > PRECISION || !DIGITS.test(text) || text.startsWith('0.00000') || text.startsWith('-0')) return parse(text)
    const value = new Decimal(text)
    return text.endsWith('0') && text.includes('.') ? notePrinted(value, text) : value
  }
}

interface Counted {
  readonly digits: number
  readonly decimals: number
}

function count ({ coefficient, exponent }: Parts): Counted {
  if (exponent >= 0) return { digits: coefficient.length + exponent, decimals: 0 }
  return { digits: Math.max(coefficient.length, -exponent), decimals: -exponent }
}

/** The same number rounded to Python's precision and without zeros at its end. */
function normalized (value: DecimalJs): Counted {
  const rounded = value.toSignificantDigits(PRECISION, 6)
  const decimals = rounded.decimalPlaces()
  const digits = rounded.precision()
  return { decimals, digits: decimals > 0 ? Math.max(digits, decimals) : Math.max(digits, rounded.e + 1) }
}

function digitCheck ({ maxDigits, decimalPlaces }: DecimalOptions): ((value: DecimalJs, parts: Parts) => Refusal | undefined) | undefined {
  if (maxDigits === undefined && decimalPlaces === undefined) return undefined
  const refuse = (type: string, count: number, noun: string, end: string, key: string): Refusal =>
    new Refusal(type, `Decimal input should have no more than ${count} ${noun}${count === 1 ? '' : 's'} ${end}`.trim(), { [key]: count })
  const places = decimalPlaces === undefined ? undefined : refuse('decimal_max_places', decimalPlaces, 'decimal place', '', 'decimal_places')
  const digits = maxDigits === undefined ? undefined : refuse('decimal_max_digits', maxDigits, 'digit', 'in total', 'max_digits')
  const wholeDigits = Math.max(0, (maxDigits ?? Infinity) - (decimalPlaces ?? 0))
  const whole = refuse('decimal_whole_digits', wholeDigits, 'digit', 'before the decimal point', 'whole_digits')

  return (value, parts) => {
    // Both as written and without the zeros at its end: `1.100` has two places.
    const forms = [count(parts), normalized(value)]
    if (digits !== undefined && forms.every(form => form.digits > Number(maxDigits))) return digits
    if (places !== undefined && forms.every(form => form.decimals > Number(decimalPlaces))) return places
    if (digits !== undefined && places !== undefined && forms.every(form => form.digits - form.decimals > wholeDigits)) return whole
    return undefined
  }
}

type Check = (value: DecimalJs) => Refusal | undefined

/** The checks of the bounds, in pydantic's order. */
function boundChecks (Decimal: DecimalClass, options: DecimalOptions): Check[] {
  const checks: Check[] = []
  const add = (given: DecimalBound | undefined, type: string, words: string, key: string, holds: (value: DecimalJs, bound: DecimalJs) => boolean): void => {
    if (given === undefined) return
    const bound = new Decimal(given)
    const parts = readDecimal(String(given))
    const printedBound = typeof parts === 'object' ? printDecimal(parts) : String(given)
    const refusal = new Refusal(type, `Input should be ${words} ${printedBound}`, { [key]: bound.toNumber() })
    checks.push(value => holds(value, bound) ? undefined : refusal)
  }
  // Of its own precision, whatever the app has set: the quotient is rounded as in Python, and never has millions of digits.
  const Python = Decimal.clone({ precision: PRECISION, rounding: 6 })
  add(options.multipleOf, 'multiple_of', 'a multiple of', 'multiple_of', (value, of) => new Python(value).div(of).isInteger())
  add(options.maximum, 'less_than_equal', 'less than or equal to', 'le', (value, bound) => value.lte(bound))
  add(options.exclusiveMaximum, 'less_than', 'less than', 'lt', (value, bound) => value.lt(bound))
  add(options.minimum, 'greater_than_equal', 'greater than or equal to', 'ge', (value, bound) => value.gte(bound))
  add(options.exclusiveMinimum, 'greater_than', 'greater than', 'gt', (value, bound) => value.gt(bound))
  return checks
}

function codecOf (Decimal: DecimalClass, options: DecimalOptions): Codec<DecimalJs> {
  const missedDigits = digitCheck(options)
  const bounds = boundChecks(Decimal, options)
  const is = (value: unknown): value is DecimalJs => Decimal.isDecimal(value)

  function make (parts: Parts): DecimalJs {
    const text = printDecimal(parts)
    const value = new Decimal(text)
    return encodeDecimal(value) === text ? value : notePrinted(value, text)
  }

  /** Python prints such a text as it is. */
  function usual (text: string): DecimalJs {
    const value = new Decimal(text)
    return text.endsWith('0') && (text.includes('.') || text === '-0') ? notePrinted(value, text) : value
  }

  function checked (value: DecimalJs, read: () => Parts): DecimalJs | Refusal {
    const missed = missedDigits?.(value, read())
    if (missed !== undefined) return missed
    for (const check of bounds) {
      const refusal = check(value)
      if (refusal !== undefined) return refusal
    }
    return value
  }

  return {
    label: 'decimal',
    is,
    parse (input) {
      if (typeof input === 'string' && USUAL.test(input)) return checked(usual(input), () => readDecimal(input) as Parts)
      const given = is(input)
      if (!given && !TAKEN.has(typeof input)) return TYPE
      const parts = readDecimal(given ? encodeDecimal(input) : String(input))
      if (parts === undefined) return PARSING
      if (parts === 'not-finite') return NOT_FINITE
      if (Math.abs(parts.exponent + parts.coefficient.length) > MAX_EXPONENT) return PARSING
      return checked(given ? input : make(parts), () => parts)
    },
    encode: encodeDecimal
  }
}

/**
 * Declares a decimal number: a `Decimal` of decimal.js in the handler, a string (`"1.10"`) on the wire, so that no digit is
 * lost. FastAPI's `Decimal`.
 *
 * Accepts JSON numbers, and text that Python's `Decimal()` accepts (`"1.10"`, `"1e3"`, surrounding blanks, `_` between digits).
 * Text is written back with its zeros. A JSON number has the precision of `JSON.parse`, some 16 digits, and no trailing zeros:
 * send text where they matter. Exponents go up to 9e15, the limit of decimal.js.
 *
 * Errors: `decimal_type`, `decimal_parsing`, `finite_number`, and for bounds `decimal_max_digits`, `decimal_max_places`,
 * `decimal_whole_digits`, `greater_than`, `less_than_equal`, `multiple_of` …
 *
 * @param options Bounds (`minimum`, `exclusiveMaximum` …, as strings if a number cannot represent them), `maxDigits`,
 *   `decimalPlaces`, and the options of all schemas.
 * @throws APIKIT_ERR_MISSING_PEER when decimal.js is not installed.
 * @throws Error when a bound is not a decimal number.
 * @example
 * ```ts
 * const Price = Decimal({ exclusiveMinimum: 0, maxDigits: 10, decimalPlaces: 2 })
 * ```
 * @see https://docs.python.org/3/library/decimal.html
 */
export function Decimal (options: DecimalOptions = {}): TUnsafe<DecimalJs> {
  const { maxDigits: _digits, decimalPlaces: _places, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, ...rest } = options
  const bounds = { multipleOf, maximum, minimum, exclusiveMaximum, exclusiveMinimum }
  const numbers = Object.entries(bounds).filter(([, bound]) => bound !== undefined).map(([key, bound]) => [key, Number(bound)])
  const codec = codecOf(optionalPeer<{ Decimal: DecimalClass }>('fastify-apikit/types: Decimal()', 'decimal.js').Decimal, options)
  return domain({ anyOf: [{ type: 'number', ...Object.fromEntries(numbers) }, { type: 'string' }] }, rest, { [kCodec]: codec })
}
