/**
 * What is wrong with base64, in the words of Rust's `base64`, which looks at all groups of four
 * characters but the last, and then at the last.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc4648#section-4
 */

import { utf8 } from './calendar.ts'

const URL_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const STANDARD_ALPHABET = URL_ALPHABET.replace('-_', '+/')

const COMPLETE = /^(?:[A-Za-z0-9_-]*|[A-Za-z0-9+/]*)$/

interface Problem {
  readonly text: string
  /** The character at fault, when it is in no alphabet. */
  readonly bad?: string | undefined
}

function invalid (bytes: string, at: number): Problem {
  return { text: `Invalid symbol ${bytes.charCodeAt(at)}, offset ${at}.`, bad: bytes.charAt(at) }
}

/** The last group, of up to four characters; padding stands after two of them at least. */
function problemAtEnd (bytes: string, from: number, alphabet: string): Problem | undefined {
  let padding = -1
  for (let at = from; at < bytes.length; at++) {
    const char = bytes.charAt(at)
    if (char === '=') {
      if (at - from < 2) return invalid(bytes, at)
      if (padding < 0) padding = at
    } else if (padding >= 0) {
      return invalid(bytes, padding)
    } else if (!alphabet.includes(char)) {
      return invalid(bytes, at)
    }
  }
  const end = padding < 0 ? bytes.length : padding
  const symbols = end - from
  if (symbols < 2) return { text: `Invalid input length: ${end}` }
  // Two symbols or three: what is complete has been found to be right. Bits of the last that no byte takes up must be 0.
  const unused = symbols === 2 ? 0b1111 : 0b11
  if ((alphabet.indexOf(bytes.charAt(end - 1)) & unused) === 0) return undefined
  return { text: `Invalid last symbol ${bytes.charCodeAt(end - 1)}, offset ${end - 1}.` }
}

function problemIn (bytes: string, alphabet: string): Problem | undefined {
  const rest = bytes.length % 4
  const last = bytes.length - 1
  // The end of a line, most often.
  if (rest === 1 && !(alphabet + '=').includes(bytes.charAt(last))) return invalid(bytes, last)
  const lastGroup = Math.max(0, bytes.length - (rest === 0 ? 4 : rest))
  for (let at = 0; at < lastGroup; at++) {
    if (!alphabet.includes(bytes.charAt(at))) return invalid(bytes, at)
  }
  return problemAtEnd(bytes, lastGroup, alphabet)
}

/** Takes either alphabet, padded or not; in words what is wrong. */
export function base64Problem (text: string): string | undefined {
  if (text.length % 4 === 0 && COMPLETE.test(text)) return undefined
  const bytes = utf8(text)
  const problem = problemIn(bytes, URL_ALPHABET)
  const other = problem?.bad === '+' || problem?.bad === '/' ? problemIn(bytes, STANDARD_ALPHABET) : problem
  return other?.text
}
