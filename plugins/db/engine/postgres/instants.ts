/**
 * Instants as PostgreSQL writes them where the time zone of the session is UTC: `2026-01-02 03:04:05.678+00`.
 *
 * @module
 */

import type { Decode } from '../field.ts'

const [HYPHEN, BLANK, COLON, DOT, PLUS] = [45, 32, 58, 46, 43]

/** Whether it is such a text: of a year with four digits, and of none that `Date.UTC` takes for one of the last century. */
function isUsual (text: string): boolean {
  return text.charCodeAt(4) === HYPHEN && text.charCodeAt(10) === BLANK && text.charCodeAt(13) === COLON && text.charCodeAt(16) === COLON &&
    text.charCodeAt(text.length - 3) === PLUS && text.endsWith('00') && !text.startsWith('00')
}

/** @param parse reads all others */
export function instantDecoder (parse: Decode): Decode {
  return value => {
    const text = value as string
    if (!isUsual(text)) return parse(text)
    const digit = (at: number): number => text.charCodeAt(at) - 48
    const two = (at: number): number => digit(at) * 10 + digit(at + 1)
    const end = text.length - 3
    // Zeros at its end are left out; a `Date` has no microseconds.
    const fraction = (at: number): number => at < end ? digit(at) : 0
    const milliseconds = text.charCodeAt(19) === DOT ? fraction(20) * 100 + fraction(21) * 10 + fraction(22) : 0
    return new Date(Date.UTC(two(0) * 100 + two(2), two(5) - 1, two(8), two(11), two(14), two(17), milliseconds))
  }
}
