/**
 * JSON in the words of pydantic's `jiter`, which reads JSON inside a string.
 *
 * @module
 * @see https://github.com/pydantic/jiter
 */

import { type Container, type Dialect, JsonProblem, JsonScanner, type Scanned } from './scanner.ts'

/** Containers that may stand in one another. */
export const JITER_MAX_DEPTH = 200
/** Digits of an integer. */
export const JITER_MAX_DIGITS = 4300

const EOF = 'EOF while parsing '
const NO_VALUE = `${EOF}a value`
const WORDS: ReadonlyArray<readonly [string, unknown]> = [['true', true], ['false', false], ['null', null], ['NaN', NaN], ['Infinity', Infinity]]

const unclosed = (container: Container): string => `${EOF}${container === 'array' ? 'a list' : 'an object'}`

export const isDigit = (char: string): boolean => char >= '0' && char <= '9'

function scalar (text: string, at: number): Scanned {
  const char = text.charAt(at)
  const word = WORDS.find(([word]) => word.startsWith(char))
  if (word !== undefined) return { value: word[1], end: endOfWord(text, at, word[0]) }
  if (char === '-' && text.charAt(at + 1) === 'I') return { value: -Infinity, end: endOfWord(text, at + 1, 'Infinity') }
  if (char !== '-' && !isDigit(char)) throw new JsonProblem('expected value', at)
  const end = endOfNumber(text, at)
  return { value: Number(text.slice(at, end)), end }
}

function endOfWord (text: string, at: number, word: string): number {
  for (let i = 1; i < word.length; i++) {
    const char = text.charAt(at + i)
    if (char !== word.charAt(i)) throw new JsonProblem(char === '' ? NO_VALUE : 'expected ident', at + i)
  }
  return at + word.length
}

function endOfNumber (text: string, start: number): number {
  const first = text.charAt(start) === '-' ? start + 1 : start
  const whole = endOfDigits(text, first)
  if (text.charAt(first) === '0' && whole > first + 1) throw new JsonProblem('invalid number', first + 1)
  let at = text.charAt(whole) === '.' ? endOfDigits(text, whole + 1) : whole
  if (/[eE]/.test(text.charAt(at))) at = endOfDigits(text, /[+-]/.test(text.charAt(at + 1)) ? at + 2 : at + 1)
  if (whole - start > JITER_MAX_DIGITS) throw new JsonProblem('number out of range', start + JITER_MAX_DIGITS + 1)
  return at
}

/** At least one digit must be there. */
function endOfDigits (text: string, start: number): number {
  let at = start
  while (isDigit(text.charAt(at))) at++
  if (at === start) throw new JsonProblem(at === text.length ? NO_VALUE : 'invalid number', at)
  return at
}

/** The four digits behind the `u` at `at`. */
function hexadecimal (text: string, at: number): number {
  const digits = text.slice(at + 1, at + 5)
  // jiter looks for four bytes.
  if (digits.length < 4 && Buffer.byteLength(digits) < 4) throw new JsonProblem(`${EOF}a string`, text.length)
  const bad = digits.search(/[^\da-f]/i)
  if (bad >= 0) throw new JsonProblem('invalid escape', at + 1 + bad)
  return parseInt(digits, 16)
}

/** Halves of surrogate pairs must stand in pairs. */
function unicode (text: string, at: number): Scanned<string> {
  const first = hexadecimal(text, at)
  const last = at + 4
  if (first >= 0xdc00 && first <= 0xdfff) throw new JsonProblem('lone leading surrogate in hex escape', last)
  if (first < 0xd800 || first > 0xdfff) return { value: String.fromCharCode(first), end: last + 1 }
  const next = text.slice(last + 1, last + 3)
  if (next === '' || next === '\\') throw new JsonProblem(`${EOF}a string`, text.length)
  if (next !== '\\u') throw new JsonProblem('unexpected end of hex escape', last + (next.startsWith('\\') ? 2 : 1))
  const second = hexadecimal(text, last + 2)
  if (second < 0xdc00 || second > 0xdfff) throw new JsonProblem('lone leading surrogate in hex escape', last + 6)
  return { value: String.fromCharCode(first, second), end: last + 7 }
}

const JITER: Dialect = {
  nesting: { max: JITER_MAX_DEPTH, words: 'recursion limit exceeded' },
  keepsKeyOrder: false,
  trailing: 'trailing characters',
  noValue: NO_VALUE,
  noKey: 'key must be a string',
  noColon: atEnd => atEnd ? unclosed('object') : 'expected `:`',
  noComma: (container, atEnd) => atEnd ? unclosed(container) : `expected \`,\` or \`${container === 'array' ? ']' : '}'}\``,
  unclosed,
  afterComma: (_container, atEnd) => atEnd ? NO_VALUE : 'trailing comma',
  control: 'control character (\\u0000-\\u001F) found while parsing a string',
  unterminated: (_start, end) => new JsonProblem(`${EOF}a string`, end),
  badEscape: backslash => new JsonProblem('invalid escape', backslash + 1),
  unicode,
  scalar
}

/**
 * Reads a JSON text as jiter does.
 *
 * @throws JsonProblem when the text is not JSON
 */
export function readJiterJson (text: string): unknown {
  return new JsonScanner(text, JITER).scan()
}
