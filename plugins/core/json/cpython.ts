/**
 * JSON in the words of CPython's `json`, which reads the bodies of FastAPI.
 *
 * @module
 * @see https://github.com/python/cpython/blob/3.11/Modules/_json.c
 */

import { type Container, type Dialect, JsonProblem, JsonScanner, type Scanned } from './scanner.ts'

const WORDS: ReadonlyArray<readonly [string, unknown]> = [
  ['null', null], ['true', true], ['false', false], ['NaN', NaN], ['Infinity', Infinity], ['-Infinity', -Infinity]
]
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y
const NO_VALUE = 'Expecting value'
const NO_KEY = 'Expecting property name enclosed in double quotes'

const missing = (container: Container): string => container === 'array' ? NO_VALUE : NO_KEY

function scalar (text: string, at: number): Scanned {
  const word = WORDS.find(([word]) => text.startsWith(word, at))
  if (word !== undefined) return { value: word[1], end: at + word[0].length }
  NUMBER.lastIndex = at
  const number = NUMBER.exec(text)?.[0]
  if (number === undefined) throw new JsonProblem(NO_VALUE, at)
  return { value: Number(number), end: at + number.length }
}

/** Halves of surrogate pairs may stand alone. */
function unicode (text: string, at: number): Scanned<string> {
  const digits = text.slice(at + 1, at + 5)
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new JsonProblem('Invalid \\uXXXX escape', at)
  return { value: String.fromCharCode(parseInt(digits, 16)), end: at + 5 }
}

const CPYTHON: Dialect = {
  keepsKeyOrder: true,
  trailing: 'Extra data',
  noValue: NO_VALUE,
  noKey: NO_KEY,
  noColon: () => "Expecting ':' delimiter",
  noComma: () => "Expecting ',' delimiter",
  unclosed: missing,
  afterComma: missing,
  control: 'Invalid control character at',
  unterminated: start => new JsonProblem('Unterminated string starting at', start),
  badEscape: backslash => new JsonProblem('Invalid \\escape', backslash),
  unicode,
  scalar
}

/** Digits that Python reads of an integer. */
export const MAX_DIGITS = 4300

/** Integers that a number would round are `bigint`. */
function exactScalar (text: string, at: number): Scanned {
  const { value, end } = scalar(text, at)
  if (typeof value !== 'number' || Number.isSafeInteger(value) || Number.isNaN(value)) return { value, end }
  const source = text.slice(at, end)
  if (!/^-?\d+$/.test(source)) return { value: Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value) : value, end }
  if (source.replace('-', '').length > MAX_DIGITS) throw new JsonProblem('Exceeds the limit for integer string conversion', at)
  return { value: BigInt(source), end }
}

/**
 * Reads a JSON text as CPython does. Objects remember the order of their keys.
 *
 * @throws JsonProblem when the text is not JSON
 */
export function readPythonJson (text: string): unknown {
  return new JsonScanner(text, CPYTHON).scan()
}

/**
 * The same, with all digits of integers: those outside ±(2^53 - 1) are `bigint`. So are floats of that size that 64 bits hold,
 * which are integers to pydantic.
 *
 * @throws JsonProblem when the text is not JSON, or an integer has more digits than Python reads
 */
export function readExactJson (text: string): unknown {
  return new JsonScanner(text, { ...CPYTHON, scalar: exactScalar }).scan()
}
