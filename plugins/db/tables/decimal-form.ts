/**
 * Decimals in one spelling. SQLite keeps those of more than 15 digits as text: equal numbers are to be equal texts there.
 *
 * @module
 */

import { type Parts, readDecimal } from '../../types/decimal-text.ts'
import { encodeDecimal } from '../../types/decimal.ts'
import type { Column } from './table-types.ts'

/** Powers of ten that are written out; PostgreSQL's `numeric` has as many digits before its point. */
const LARGEST = 131_072

/** The digits behind the point of a decimal that SQLite keeps as text; `undefined` of any other column. */
export function textScale ({ kind, type, digits }: Column): number | undefined {
  return kind === 'decimal' && type.sqlite.startsWith('decimal_text') ? digits?.[1] : undefined
}

/** What a value says; `undefined` where it is no finite number, or a monstrous one. */
export function partsOf (value: unknown): Parts | undefined {
  const parts = readDecimal(typeof value === 'object' && value !== null ? encodeDecimal(value as never) : String(value))
  return typeof parts === 'object' && Math.abs(parts.exponent) <= LARGEST ? parts : undefined
}

/** Without zeros at its end. */
export function shortened ({ negative, coefficient, exponent }: Parts): Parts {
  const digits = coefficient.replace(/0+$/, '')
  return digits === '' ? { negative: false, coefficient: '0', exponent: 0 } : { negative, coefficient: digits, exponent: exponent + coefficient.length - digits.length }
}

/** With so many digits behind the point, or more where it has more. */
function padded (parts: Parts, scale: number): string {
  const { negative, coefficient, exponent } = shortened(parts)
  const places = Math.max(scale, -exponent)
  const digits = `${coefficient}${'0'.repeat(exponent + places)}`.padStart(places + 1, '0')
  return `${negative ? '-' : ''}${digits.slice(0, digits.length - places)}${places === 0 ? '' : `.${digits.slice(-places)}`}`
}

/** Rounded half away from zero, as PostgreSQL does when it stores a decimal. */
function rounded ({ negative, coefficient, exponent }: Parts, scale: number): Parts {
  const cut = -exponent - scale
  if (cut <= 0) return { negative, coefficient, exponent }
  const unit = 10n ** BigInt(cut)
  const digits = BigInt(coefficient)
  return { negative, coefficient: String(digits / unit + (digits % unit * 2n >= unit ? 1n : 0n)), exponent: -scale }
}

const PLAIN = /^-?(?:0|[1-9]\d*)(?:\.(\d+))?$/

/** Rounds a value to the scale of its column, as it is stored. What is not a number is returned unchanged. */
export function storedForm (value: unknown, scale: number): unknown {
  if (typeof value === 'string' && (PLAIN.exec(value)?.[1]?.length ?? -1) === scale && !value.startsWith('-0')) return value
  const parts = partsOf(value)
  return parts === undefined ? value : padded(rounded(parts, scale), scale)
}

/** A value that such a column is compared with: not rounded, since it equals none then. */
export function comparedForm (value: unknown, scale: number): unknown {
  const parts = partsOf(value)
  return parts === undefined ? value : padded(parts, scale)
}

/** A text that sorts as the decimal does; `undefined` where it is none. */
export function sortForm (value: unknown): string | undefined {
  const parts = partsOf(value)
  if (parts === undefined) return undefined
  const { negative, coefficient, exponent } = shortened(parts)
  if (coefficient === '0') return '1'
  // Where its first digit stands, and its digits.
  const digits = `${String(coefficient.length + exponent + 2 * LARGEST).padStart(6, '0')}${coefficient}`
  return negative ? `0${digits.replace(/\d/g, digit => String(9 - Number(digit)))}~` : `2${digits}`
}
