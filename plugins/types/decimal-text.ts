/**
 * Decimals in text, as Python's `decimal` reads and prints them.
 *
 * @module
 * @see https://docs.python.org/3/library/decimal.html
 */

import { strip } from './blanks.ts'

/** A finite decimal: `coefficient` × 10^`exponent`. */
export interface Parts {
  readonly negative: boolean
  /** Digits without leading zeros. */
  readonly coefficient: string
  readonly exponent: number
}

const NUMBER = /^([+-]?)(?:(\p{Nd}+)(?:\.(\p{Nd}*))?|\.(\p{Nd}+))(?:[eE]([+-]?\p{Nd}+))?$/u
const NOT_FINITE = /^[+-]?(?:inf(?:inity)?|s?nan\p{Nd}*)$/iu

/** Digits of any script as 0-9: they stand in blocks of ten, which begin with their zero. */
function ascii (digits: string): string {
  return digits.replaceAll(/[^+\-\d]/gu, digit => {
    const code = Number(digit.codePointAt(0))
    let value = 0
    // Blocks of mathematical digits follow one another.
    while (/\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++
    return String(value % 10)
  })
}

function withoutZeros (digits: string): string {
  let start = 0
  while (start < digits.length - 1 && digits.charCodeAt(start) === 48) start++
  return digits.slice(start)
}

/** What a text says; `not-finite` for NaN and Infinity, undefined when it is no number. */
export function readDecimal (text: string): Parts | 'not-finite' | undefined {
  const number = strip(text).replaceAll('_', '')
  const match = NUMBER.exec(number)
  if (match === null) return NOT_FINITE.test(number) ? 'not-finite' : undefined
  const [, sign, whole = '', decimals, alone = '', power = '0'] = match
  const fraction = ascii(decimals ?? alone)
  const coefficient = withoutZeros(ascii(whole) + fraction)
  return { negative: sign === '-', coefficient, exponent: Number(ascii(power)) - fraction.length }
}

/** As Python prints it: `1.10`, `1E+3`, `-0.00`. */
export function printDecimal ({ negative, coefficient, exponent }: Parts): string {
  const sign = negative ? '-' : ''
  const point = coefficient.length + exponent
  if (exponent > 0 || point <= -6) {
    const [first, rest] = [coefficient.slice(0, 1), coefficient.slice(1)]
    const power = point - 1
    return `${sign}${first}${rest === '' ? '' : `.${rest}`}E${power < 0 ? '' : '+'}${power}`
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${coefficient}`
  const decimals = coefficient.slice(point)
  return `${sign}${coefficient.slice(0, point)}${decimals === '' ? '' : `.${decimals}`}`
}
