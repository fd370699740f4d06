/**
 * The bytes of a multipart form, before anybody takes them apart: how many there are, and how they begin.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { APIKIT_ERR_FORM, APIKIT_ERR_FORM_SIZE } from './errors.ts'
import { kilobytes } from './limits.ts'

const BOUNDARY = /;\s*boundary=(?:"((?:[^"\\]|\\.)*)"|([^;]*))/i

/** Milliseconds for which the rest of a body is read for nothing. */
const LINGER = 2000

/** FastAPI's words for whatever is no form. */
export const MALFORMED = 'There was an error parsing the body'

function boundaryOf ({ headers }: IncomingMessage): string {
  const [, quoted, plain] = BOUNDARY.exec(String(headers['content-type'])) ?? []
  const boundary = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain?.trim()
  if (boundary === undefined) throw new APIKIT_ERR_FORM('Missing boundary in multipart.')
  return boundary
}

export class IncomingBody {
  readonly #raw: IncomingMessage
  readonly #total: number
  readonly #delimiter: Buffer
  #bytes = 0
  #problem: Error | undefined
  /** Of what is awaited; nothing comes before that. */
  #reject!: (error: Error) => void

  /** @throws APIKIT_ERR_FORM, APIKIT_ERR_FORM_SIZE when the headers say enough */
  constructor (raw: IncomingMessage, total: number) {
    this.#raw = raw
    this.#total = total
    this.#delimiter = Buffer.from(`--${boundaryOf(raw)}`)
    if (Number(raw.headers['content-length']) > total) throw this.#tooLarge()
  }

  /** Looks on; call it when somebody begins to read. */
  watch (): void {
    this.#raw.on('data', this.#count)
  }

  /**
   * What is awaited, or the error when meanwhile the body turns out to be no form, or too large.
   * No `Promise.race` with one long promise: that would keep every chunk until the end.
   */
  async until<T> (next: Promise<T>): Promise<T> {
    return await new Promise((resolve, reject) => {
      this.#reject = reject
      next.then(resolve, reject)
      if (this.#problem !== undefined) reject(this.#problem)
    })
  }

  leave (): void {
    this.#raw.off('data', this.#count)
  }

  /** Nobody reads on. */
  abandon (response: ServerResponse): void {
    this.leave()
    this.#raw.unpipe()
    discard(this.#raw, response)
  }

  #refuse (problem: Error): void {
    this.#problem ??= problem
    this.#reject(this.#problem)
  }

  readonly #count = (chunk: Buffer): void => {
    if (this.#bytes === 0 && !this.#begins(chunk)) this.#refuse(new APIKIT_ERR_FORM(MALFORMED))
    this.#bytes += chunk.length
    if (this.#bytes > this.#total) this.#refuse(this.#tooLarge())
  }

  /** Whether the first bytes are, or can become, the first delimiter. */
  #begins (chunk: Buffer): boolean {
    let start = 0
    while (chunk[start] === 13 || chunk[start] === 10) start++
    const head = chunk.subarray(start, start + this.#delimiter.length)
    return head.equals(this.#delimiter.subarray(0, head.length))
  }

  #tooLarge (): Error {
    return new APIKIT_ERR_FORM_SIZE(`Form exceeded maximum size of ${kilobytes(this.#total)}.`)
  }
}

/**
 * Lets the rest of a body pass for a moment, so that a client that is still sending gets to read its answer: were the
 * connection closed at once, the answer would be lost. Then it is closed.
 *
 * @see https://nginx.org/en/docs/http/ngx_http_core_module.html#lingering_close
 */
export function discard (raw: IncomingMessage, response: ServerResponse): void {
  // Else Node closes it as soon as the answer is written, when the client has asked for `connection: close`.
  response.shouldKeepAlive = true
  raw.resume()
  const timer = setTimeout(() => { raw.destroy() }, LINGER)
  raw.once('close', () => { clearTimeout(timer) })
}
