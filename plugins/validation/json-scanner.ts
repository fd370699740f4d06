/**
 * JSON that `JSON.parse` does not take, read as CPython's `json` reads it: for NaN and Infinity, which are
 * numbers there, for the order of its keys, and for its words on what is wrong, and where.
 *
 * @module
 * @see https://github.com/python/cpython/blob/3.11/Modules/_json.c
 */

import { noteOrder } from '../core/schema/key-order.ts'

/** What is wrong with a JSON text. */
export class JsonProblem {
  readonly words: string
  /** Where, in UTF-16 units. */
  readonly at: number

  constructor (words: string, at: number) {
    this.words = words
    this.at = at
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const WORDS: ReadonlyArray<readonly [string, unknown]> = [
  ['null', null], ['true', true], ['false', false], ['NaN', NaN], ['Infinity', Infinity], ['-Infinity', -Infinity]
]
const EXPECTING_NAME = 'Expecting property name enclosed in double quotes'
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y

/** Reads one text; throws a `JsonProblem`. */
export class JsonScanner {
  readonly #text: string
  #at = 0

  constructor (text: string) {
    this.#text = text
  }

  scan (): unknown {
    this.#blanks()
    const value = this.#value()
    this.#blanks()
    if (this.#at < this.#text.length) throw new JsonProblem('Extra data', this.#at)
    return value
  }

  #number (): string {
    NUMBER.lastIndex = this.#at
    const found = NUMBER.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  // Character by character, here and in strings: an expression that is run a hundred thousand times takes ten times as long.
  #blanks (): string {
    const text = this.#text
    let at = this.#at
    for (let unit = text.charCodeAt(at); unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09; unit = text.charCodeAt(++at));
    this.#at = at
    return text.charAt(at)
  }

  /** What stands in a string up to its end, an escape, or what it may not hold. */
  #plain (): string {
    const text = this.#text
    const start = this.#at
    let at = start
    for (let unit = text.charCodeAt(at); unit >= 0x20 && unit !== 0x22 && unit !== 0x5c; unit = text.charCodeAt(++at));
    this.#at = at
    return text.slice(start, at)
  }

  #value (): unknown {
    const char = this.#text.charAt(this.#at)
    if (char === '"') return this.#string()
    if (char === '{') return this.#object()
    if (char === '[') return this.#array()
    const word = WORDS.find(([text]) => this.#text.startsWith(text, this.#at))
    if (word !== undefined) {
      this.#at += word[0].length
      return word[1]
    }
    const number = this.#number()
    if (number === '') throw new JsonProblem('Expecting value', this.#at)
    return Number(number)
  }

  #object (): object {
    const entries: Array<[string, unknown]> = []
    this.#at++
    let char = this.#blanks()
    while (char !== '}') {
      if (char !== '"') throw new JsonProblem(EXPECTING_NAME, this.#at)
      const key = this.#string()
      if (this.#blanks() !== ':') throw new JsonProblem("Expecting ':' delimiter", this.#at)
      this.#at++
      this.#blanks()
      entries.push([key, this.#value()])
      char = this.#next('}', EXPECTING_NAME)
    }
    this.#at++
    // fromEntries defines, it does not assign: a key `__proto__` stays a key.
    const object = Object.fromEntries(entries)
    noteOrder(object, entries.map(([key]) => key))
    return object
  }

  #array (): unknown[] {
    const items: unknown[] = []
    this.#at++
    let char = this.#blanks()
    while (char !== ']') {
      items.push(this.#value())
      char = this.#next(']', 'Expecting value')
    }
    this.#at++
    return items
  }

  /**
   * Goes past a comma; the character on which the container goes on or ends.
   *
   * @param expecting in words what must stand after a comma, where the container may not end
   */
  #next (close: string, expecting: string): string {
    const char = this.#blanks()
    if (char === close) return char
    if (char !== ',') throw new JsonProblem("Expecting ',' delimiter", this.#at)
    this.#at++
    const after = this.#blanks()
    if (after === close) throw new JsonProblem(expecting, this.#at)
    return after
  }

  #string (): string {
    const start = this.#at++
    let text = ''
    for (;;) {
      text += this.#plain()
      const char = this.#text.charAt(this.#at)
      if (char === '') throw new JsonProblem('Unterminated string starting at', start)
      if (char === '"') break
      if (char !== '\\') throw new JsonProblem('Invalid control character at', this.#at)
      text += this.#escape(start)
    }
    this.#at++
    return text
  }

  #escape (start: number): string {
    const char = this.#text.charAt(this.#at + 1)
    if (char === '') throw new JsonProblem('Unterminated string starting at', start)
    if (char === 'u') {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6)
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new JsonProblem('Invalid \\uXXXX escape', this.#at + 1)
      this.#at += 6
      return String.fromCharCode(parseInt(digits, 16))
    }
    const value = ESCAPES[char]
    if (value === undefined) throw new JsonProblem('Invalid \\escape', this.#at)
    this.#at += 2
    return value
  }
}
