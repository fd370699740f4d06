/**
 * A JSON reader for the texts that `JSON.parse` refuses: it says what is wrong, and where, in the words of a dialect.
 * Both dialects are Python's, so NaN and Infinity are numbers.
 *
 * @module
 */

import { noteOrder } from './key-order.ts'

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

export type Container = 'array' | 'object'

/** A value, and the index after it. */
export interface Scanned<Value = unknown> {
  readonly value: Value
  readonly end: number
}

/** The vocabulary of a JSON reader, with the rules on which readers differ. */
export interface Dialect {
  /** How many containers may stand in one another, and what is said of more. */
  readonly nesting?: { readonly max: number, readonly words: string }
  /** Objects remember the order of their keys. */
  readonly keepsKeyOrder: boolean
  readonly trailing: string
  /** The text ends where a value must stand. */
  readonly noValue: string
  readonly noKey: string
  noColon (atEnd: boolean): string
  noComma (container: Container, atEnd: boolean): string
  /** The text ends after the opening bracket. */
  unclosed (container: Container): string
  /** The container, or the text, ends after a comma. */
  afterComma (container: Container, atEnd: boolean): string
  readonly control: string
  unterminated (start: number, end: number): JsonProblem
  badEscape (backslash: number): JsonProblem
  /** Reads the escape whose `u` stands at `at`. */
  unicode (text: string, at: number): Scanned<string>
  /** Reads a word or a number. */
  scalar (text: string, at: number): Scanned
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** Reads one text, in linear time. */
export class JsonScanner {
  readonly #text: string
  readonly #dialect: Dialect
  #at = 0
  #depth = 0

  constructor (text: string, dialect: Dialect) {
    this.#text = text
    this.#dialect = dialect
  }

  /** @throws JsonProblem when the text is not JSON */
  scan (): unknown {
    const value = this.#value(this.#blanks())
    if (this.#blanks() !== '') this.#refuse(this.#dialect.trailing)
    return value
  }

  #refuse (words: string): never {
    throw new JsonProblem(words, this.#at)
  }

  /** Skips blanks; returns the character behind them, '' at the end. */
  // Character by character, here and in strings: a regular expression that runs a hundred thousand times takes ten times as long.
  #blanks (): string {
    const text = this.#text
    let at = this.#at
    for (let unit = text.charCodeAt(at); unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09; unit = text.charCodeAt(++at));
    this.#at = at
    return text.charAt(at)
  }

  #value (char: string): unknown {
    switch (char) {
      case '': return this.#refuse(this.#dialect.noValue)
      case '"': return this.#string()
      case '{': return this.#object()
      case '[': return this.#array()
      default: return this.#take(this.#dialect.scalar(this.#text, this.#at))
    }
  }

  #take<Value> ({ value, end }: Scanned<Value>): Value {
    this.#at = end
    return value
  }

  /** A value inside a container. */
  #inner (char: string): unknown {
    const { nesting } = this.#dialect
    if (nesting !== undefined && this.#depth > nesting.max) this.#refuse(nesting.words)
    return this.#value(char)
  }

  #array (): unknown[] {
    const items: unknown[] = []
    this.#each('array', ']', char => { items.push(this.#inner(char)) })
    return items
  }

  #object (): object {
    const entries: Array<[string, unknown]> = []
    this.#each('object', '}', char => { entries.push(this.#entry(char)) })
    // fromEntries defines properties: a key `__proto__` is a key like any other.
    const object = Object.fromEntries(entries)
    if (this.#dialect.keepsKeyOrder) noteOrder(object, entries.map(([key]) => key))
    return object
  }

  #entry (char: string): [string, unknown] {
    const dialect = this.#dialect
    if (char !== '"') this.#refuse(dialect.noKey)
    const key = this.#string()
    const colon = this.#blanks()
    if (colon !== ':') this.#refuse(dialect.noColon(colon === ''))
    this.#at++
    const first = this.#blanks()
    if (first === '') this.#refuse(dialect.noValue)
    return [key, this.#inner(first)]
  }

  /** @param read is given the first character of each member */
  #each (container: Container, close: string, read: (char: string) => void): void {
    const dialect = this.#dialect
    this.#at++
    this.#depth++
    let char = this.#blanks()
    if (char === '') this.#refuse(dialect.unclosed(container))
    while (char !== close) {
      read(char)
      char = this.#blanks()
      if (char === close) break
      if (char !== ',') this.#refuse(dialect.noComma(container, char === ''))
      this.#at++
      char = this.#blanks()
      if (char === close || char === '') this.#refuse(dialect.afterComma(container, char === ''))
    }
    this.#at++
    this.#depth--
  }

  #string (): string {
    const start = this.#at++
    let text = ''
    for (;;) {
      text += this.#plain()
      const char = this.#text.charAt(this.#at)
      if (char === '') throw this.#dialect.unterminated(start, this.#at)
      if (char === '"') break
      if (char !== '\\') this.#refuse(this.#dialect.control)
      text += this.#escape(start)
    }
    this.#at++
    return text
  }

  /** The characters of a string up to its end, an escape or a control character. */
  #plain (): string {
    const text = this.#text
    const start = this.#at
    let at = start
    for (let unit = text.charCodeAt(at); unit >= 0x20 && unit !== 0x22 && unit !== 0x5c; unit = text.charCodeAt(++at));
    this.#at = at
    return text.slice(start, at)
  }

  #escape (start: number): string {
    const backslash = this.#at
    const char = this.#text.charAt(backslash + 1)
    if (char === '') throw this.#dialect.unterminated(start, this.#text.length)
    if (char === 'u') return this.#take(this.#dialect.unicode(this.#text, backslash + 1))
    const value = ESCAPES[char]
    if (value === undefined) throw this.#dialect.badEscape(backslash)
    this.#at += 2
    return value
  }
}
