/**
 * What goes over a connection: the bytes of a request, and the answers to it.
 *
 * @module
 */

/** A request that is made over and over. */
export interface Load {
  readonly path: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The status that every answer must have. */
  readonly status: number
}

/** Keep-alive connections that send one request at a time. */
export const CONNECTIONS = 32

/** Returns the request as it is sent. */
export function requestOf ({ path, method = 'GET', headers = {}, body = '' }: Load): Buffer {
  const lines = Object.entries({ host: '127.0.0.1', connection: 'keep-alive', ...headers, ...body === '' ? {} : { 'content-length': Buffer.byteLength(body) } })
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`)
}

/** Checks the answers on one connection. All must have the status and the length of the first, which is cheap to see while time is measured. */
export class Answers {
  readonly #status: number
  /** Length of an answer, in the unit of the chunks. */
  #length = Infinity
  #received = 0
  /** The first answer, one character per byte. */
  #text = ''

  /** @param status the status that every answer must have */
  constructor (status: number) {
    this.#status = status
  }

  /** The body of the first answer. */
  get body (): string {
    return Buffer.from(this.#text.slice(endOfHead(this.#text)), 'latin1').toString()
  }

  /**
   * Takes the next part of an answer.
   *
   * @returns whether the answer is complete
   * @throws {Error} for an answer of another status or length
   */
  take (chunk: string | Buffer): boolean {
    if (this.#received === 0 && statusOf(chunk) !== this.#status) throw new Error(`expected status ${this.#status}, got: ${String(chunk)}`)
    this.#received += chunk.length
    if (this.#length === Infinity) {
      this.#text += (typeof chunk === 'string' ? Buffer.from(chunk) : chunk).toString('latin1')
      if (!isComplete(this.#text)) return false
      this.#length = this.#received
    }
    if (this.#received > this.#length) throw new Error(`expected an answer as long as the first (${this.#length}), got ${this.#received}, ending in: ${String(chunk)}`)
    if (this.#received < this.#length) return false
    this.#received = 0
    return true
  }
}

/** Where the digits of the status are: `HTTP/1.1 200 OK`. */
const DIGITS = [9, 10, 11] as const

function statusOf (chunk: string | Buffer): number {
  return DIGITS.reduce((status, at) => status * 10 + (typeof chunk === 'string' ? chunk.charCodeAt(at) : Number(chunk[at])) - 48, 0)
}

function endOfHead (text: string): number {
  const end = text.indexOf('\r\n\r\n')
  return end < 0 ? Infinity : end + 4
}

function isComplete (text: string): boolean {
  const body = endOfHead(text)
  if (body === Infinity) return false
  const length = /^content-length: *(\d+)/im.exec(text.slice(0, body))?.[1]
  // Without a length the body is chunked. It ends with an empty chunk.
  return length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= body + Number(length)
}
