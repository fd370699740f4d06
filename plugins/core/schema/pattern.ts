/**
 * Patterns that cannot be made to run for ever: a client chooses the text, so the time may only
 * grow with its length.
 *
 * @module
 */

import { RE2JS } from 're2js'

/** As much of a compiled pattern as is used: a search, not a full match. */
export interface CompiledPattern {
  test (text: string): boolean
  /** Longer texts should not be tried: the engine takes some 0.5 µs a character. In UTF-16 units. */
  readonly longest?: number
}

const LONGEST = 65_536

// One atom of a plain pattern: an escape, a class, or a character that stands for itself; then its quantifier.
const ATOM = /(?:\\[dDwWsStnrfv]|\\[^\w\s]|\[\^?(?:\\[dDwWsStnrfv]|\\[^\w\s]|[^\\[\]])+\]|[^\\[\](){}*+?|^$])([*+?]|\{\d+(?:,\d*)?\})?/uy

/** Ways in which one quantified atom can match, and whether their number grows with the text. */
function choices (quantifier: string | undefined): { count: number, unbounded: boolean } {
  if (quantifier === undefined) return { count: 1, unbounded: false }
  if (quantifier === '?') return { count: 2, unbounded: false }
  const [, min = '0', comma, max] = /^\{(\d+)(,)?(\d+)?\}$/.exec(quantifier) ?? ['', '0', ',']
  if (comma === undefined) return { count: 1, unbounded: false }
  return max === undefined ? { count: 1, unbounded: true } : { count: Number(max) - Number(min) + 1, unbounded: false }
}

/** More ways than this to match one text, and the time is felt. */
const MAX_WAYS = 1000

/**
 * Whether a backtracking engine takes linear time: a row of plain atoms, of which at most one is repeated
 * without bound, and that one only where the pattern is tied to the start of the text.
 */
function isLinear (source: string): boolean {
  const anchored = source.startsWith('^')
  const end = source.endsWith('$') ? source.length - 1 : source.length
  let ways = 1
  let unbounded = 0
  let at = anchored ? 1 : 0
  while (at < end) {
    ATOM.lastIndex = at
    const atom = ATOM.exec(source)
    if (atom === null) return false
    at = ATOM.lastIndex
    const { count, unbounded: endless } = choices(atom[1])
    ways *= count
    if (endless) unbounded++
  }
  return at === end && ways <= MAX_WAYS && unbounded <= (anchored ? 1 : 0)
}

/**
 * Compiles a pattern. Simple ones run on the engine of JavaScript, all others on RE2, which takes linear
 * time for any pattern and knows no look-around and no back-references; nor does FastAPI's engine.
 *
 * @throws when neither engine understands the pattern
 * @see https://docs.rs/regex/latest/regex/#syntax
 */
export function compilePattern (source: string): CompiledPattern {
  if (isLinear(source)) return new RegExp(source, 'u')
  // JavaScript writes a named group, a code unit and a code point in its own ways.
  const syntax = source.replaceAll(/\\u\{([0-9a-fA-F]+)\}|\\u([0-9a-fA-F]{4})/g, (_escape, point, unit) => `\\x{${point ?? unit}}`)
  const pattern = RE2JS.compile(syntax)
  return { longest: LONGEST, test: text => pattern.matcher(text).find() }
}
