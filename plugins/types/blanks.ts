/**
 * Blanks as Python knows them: `str.strip()` and `str.split()`, which are not JavaScript's `trim` and `\s`; and as Rust does.
 *
 * @module
 */

// eslint-disable-next-line no-control-regex
const BLANK = /[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

/** Without the blanks at both ends. */
export function strip (text: string): string {
  return stripped(text, BLANK)
}

function stripped (text: string, blank: RegExp): string {
  let [start, end] = [0, text.length]
  // Not a regular expression: `\s+$` takes quadratic time on a long run of blanks.
  while (start < end && blank.test(text.charAt(start))) start++
  while (end > start && blank.test(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

// Rust's char::is_whitespace, which is neither Python's nor JavaScript's: it has NEL, and lacks U+001C to U+001F and the BOM.
const RUST_BLANK = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

/** Without the blanks at both ends, as Rust knows them: pydantic trims numbers so. */
export function trimAsRust (text: string): string {
  return stripped(text, RUST_BLANK)
}

/** What stands between blanks. */
export function words (text: string): string[] {
  return [...text].map(char => BLANK.test(char) ? ' ' : char).join('').split(' ').filter(word => word !== '')
}
