/**
 * The bytes of a multipart form, before anybody takes them apart: how many there are, and how they begin.
 *
 * @module
 */

import type { IncomingMessage } from 'node:http'
import { APIKIT_ERR_FORM, APIKIT_ERR_FORM_SIZE } from './errors.ts'
import { kilobytes } from './limits.ts'

const BOUNDARY = /;\s*boundary=(?:"((?:[^"\\]|\\.)*)"|([^;]*))/i

/** Bytes of a body that are read for nothing, so that the connection can be used again. */
const LEFTOVER = 1024 * 1024

/** FastAPI's words for whatever is no form. */
export const MALFORMED = 'There was an error parsing the body'

function boundaryOf ({ headers }: IncomingMessage): string {
  const [, quoted, plain] = BOUNDARY.exec(headers['content-type'] ?? '') ?? []
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
  #reject: (error: Error) => void = () => {}

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

  /** Nobody reads on. Returns whether the connection can be used for another request. */
  abandon (): boolean {
    this.leave()
    return abandon(this.#raw, LEFTOVER - this.#bytes)
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
 * Lets the rest of a body pass, when it is not much.
 *
 * @param most bytes
 */
function abandon (raw: IncomingMessage, most: number): boolean {
  raw.unpipe()
  raw.resume()
  if (raw.readableEnded) return true
  return Number(raw.headers['content-length']) <= most
}
