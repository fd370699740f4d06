/**
 * Reads plain numbers in text in a few instructions.
 *
 * @module
 */

/** Reads an optional minus and up to 15 digits. Returns NaN for any other text. */
export function shortInteger (text: unknown): number {
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

/** Reads short integers and decimals without an exponent. Returns NaN for any other text. */
export function shortDecimal (text: unknown): number {
  const value = shortInteger(text)
  return Number.isNaN(value) && typeof text === 'string' && DECIMAL.test(text) ? Number(text) : value
}
