/**
 * A reader of JSON that says what is wrong, and where, as pydantic's `jiter` does; NaN and Infinity
 * are numbers to it.
 *
 * @module
 * @see https://github.com/pydantic/jiter
 */

/** Lists and objects in one another. */
export const MAX_DEPTH = 200

/** What is wrong, and at which byte. */
export class Mistake {
  readonly words: string
  readonly at: number

  constructor (words: string, at: number) {
    this.words = words
    this.at = at
  }
}

const EOF = 'EOF while parsing '
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const WORDS: ReadonlyArray<readonly [string, unknown]> = [['true', true], ['false', false], ['null', null], ['NaN', NaN], ['Infinity', Infinity]]

/** Reads UTF-8 bytes, one a character, and throws a `Mistake`. */
export class JsonReader {
  readonly #bytes: string
  #at = 0

  constructor (bytes: string) {
    this.#bytes = bytes
  }

  read (): unknown {
    const value = this.#value(0)
    if (this.#peek() !== '') throw new Mistake('trailing characters', this.#at)
    return value
  }

  /** The next character that is no blank, '' at the end. */
  #peek (): string {
    for (;;) {
      const char = this.#bytes.charAt(this.#at)
      if (char !== ' ' && char !== '\n' && char !== '\r' && char !== '\t') return char
      this.#at++
    }
  }

  #value (depth: number): unknown {
    const char = this.#peek()
    if (char === '') throw new Mistake(EOF + 'a value', this.#at)
    if (char === '"') return this.#string()
    if (char === '[') return this.#array(depth)
    if (char === '{') return this.#object(depth)
    const word = WORDS.find(([text]) => text.startsWith(char))
    if (word !== undefined) return this.#word(...word)
    if (char !== '-' && !isDigit(char)) throw new Mistake('expected value', this.#at)
    return this.#number()
  }

  #word (text: string, value: unknown): unknown {
    for (let i = 1; i < text.length; i++) {
      const char = this.#bytes.charAt(this.#at + i)
      if (char !== text.charAt(i)) throw new Mistake(char === '' ? EOF + 'a value' : 'expected ident', this.#at + i)
    }
    this.#at += text.length
    return value
  }

  #number (): number {
    const start = this.#at
    if (this.#bytes.charAt(this.#at) === '-') this.#at++
    if (this.#bytes.charAt(this.#at) === 'I') return -Number(this.#word('Infinity', Infinity))
    const first = this.#at
    this.#digits()
    if (this.#bytes.charAt(first) === '0' && this.#at > first + 1) throw new Mistake('invalid number', first + 1)
    const whole = this.#at
    if (this.#bytes.charAt(this.#at) === '.') {
      this.#at++
      this.#digits()
    }
    if (/[eE]/.test(this.#bytes.charAt(this.#at))) {
      this.#at++
      if (/[+-]/.test(this.#bytes.charAt(this.#at))) this.#at++
      this.#digits()
    }
    if (whole - start > 4300) throw new Mistake('number out of range', start + 4301)
    return Number(this.#bytes.slice(start, this.#at))
  }

  #digits (): void {
    const char = this.#bytes.charAt(this.#at)
    if (!isDigit(char)) throw new Mistake(char === '' ? EOF + 'a value' : 'invalid number', this.#at)
    while (isDigit(this.#bytes.charAt(this.#at))) this.#at++
  }

  #string (): string {
    const parts: string[] = []
    let from = ++this.#at
    for (;;) {
      const char = this.#bytes.charAt(this.#at)
      if (char === '') throw new Mistake(EOF + 'a string', this.#at)
      if (char < ' ') throw new Mistake('control character (\\u0000-\\u001F) found while parsing a string', this.#at)
      if (char === '"' || char === '\\') {
        parts.push(Buffer.from(this.#bytes.slice(from, this.#at), 'latin1').toString('utf8'))
        this.#at++
        if (char === '"') return parts.join('')
        parts.push(this.#escape())
        from = this.#at
      } else {
        this.#at++
      }
    }
  }

  #escape (): string {
    const char = this.#bytes.charAt(this.#at)
    if (char === '') throw new Mistake(EOF + 'a string', this.#at)
    if (char === 'u') return this.#surrogates()
    const value = ESCAPES[char]
    if (value === undefined) throw new Mistake('invalid escape', this.#at)
    this.#at++
    return value
  }

  /** Four hexadecimal digits after the `u`; stops at the last of them. */
  #hex (): number {
    const digits = this.#bytes.slice(this.#at + 1, this.#at + 5)
    if (digits.length < 4) throw new Mistake(EOF + 'a string', this.#bytes.length)
    const bad = digits.search(/[^\da-f]/i)
    if (bad >= 0) throw new Mistake('invalid escape', this.#at + 1 + bad)
    this.#at += 4
    return parseInt(digits, 16)
  }

  #surrogates (): string {
    const first = this.#hex()
    if (first >= 0xdc00 && first <= 0xdfff) throw new Mistake('lone leading surrogate in hex escape', this.#at)
    if (first < 0xd800 || first > 0xdfff) {
      this.#at++
      return String.fromCharCode(first)
    }
    const next = this.#bytes.slice(this.#at + 1, this.#at + 3)
    if (next === '' || next === '\\') throw new Mistake(EOF + 'a string', this.#bytes.length)
    if (next !== '\\u') throw new Mistake('unexpected end of hex escape', this.#at + (next.startsWith('\\') ? 2 : 1))
    this.#at += 2
    const second = this.#hex()
    if (second < 0xdc00 || second > 0xdfff) throw new Mistake('lone leading surrogate in hex escape', this.#at)
    this.#at++
    return String.fromCharCode(first, second)
  }

  #deeper (depth: number): number {
    if (depth >= MAX_DEPTH) throw new Mistake('recursion limit exceeded', this.#at)
    return depth + 1
  }

  #array (depth: number): unknown[] {
    this.#at++
    const items: unknown[] = []
    let char = this.#peek()
    if (char === '') throw new Mistake(EOF + 'a list', this.#at)
    while (char !== ']') {
      items.push(this.#value(this.#deeper(depth)))
      char = this.#peek()
      if (char === ',') {
        this.#at++
        char = this.#peek()
        if (char === ']') throw new Mistake('trailing comma', this.#at)
        if (char === '') throw new Mistake(EOF + 'a value', this.#at)
      } else if (char !== ']') {
        throw new Mistake(char === '' ? EOF + 'a list' : 'expected `,` or `]`', this.#at)
      }
    }
    this.#at++
    return items
  }

  #object (depth: number): object {
    this.#at++
    const entries: Array<[string, unknown]> = []
    let char = this.#peek()
    if (char === '') throw new Mistake(EOF + 'an object', this.#at)
    while (char !== '}') {
      if (char !== '"') throw new Mistake('key must be a string', this.#at)
      const key = this.#string()
      const colon = this.#peek()
      if (colon !== ':') throw new Mistake(colon === '' ? EOF + 'an object' : 'expected `:`', this.#at)
      this.#at++
      if (this.#peek() === '') throw new Mistake(EOF + 'a value', this.#at)
      entries.push([key, this.#value(this.#deeper(depth))])
      char = this.#peek()
      if (char === ',') {
        this.#at++
        char = this.#peek()
        if (char === '}') throw new Mistake('trailing comma', this.#at)
        if (char === '') throw new Mistake(EOF + 'a value', this.#at)
      } else if (char !== '}') {
        throw new Mistake(char === '' ? EOF + 'an object' : 'expected `,` or `}`', this.#at)
      }
    }
    this.#at++
    // fromEntries sets a `__proto__` of the client's as a key like any other.
    return Object.fromEntries(entries)
  }
}

function isDigit (char: string): boolean {
  return char >= '0' && char <= '9' && char !== ''
}
