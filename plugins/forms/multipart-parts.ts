/**
 * The parts of a multipart body, one after the other, as the parser of @fastify/busboy finds them.
 *
 * That parser passes over what it cannot read. Here a part is either handed over or an error: no data is lost unseen.
 *
 * @module
 * @see https://datatracker.ietf.org/doc/html/rfc2046#section-5.1
 */

import type { IncomingMessage } from 'node:http'
import { finished, type Readable } from 'node:stream'
import { Dicer } from '@fastify/busboy'
import { APIKIT_ERR_FORM, APIKIT_ERR_FORM_SIZE } from './errors.ts'
import { sizeOf } from './limits.ts'
import { malformed } from './malformed.ts'
import { MOST_HEADERS, type PartHeaders, parametersOf } from './part-head.ts'

/** Where a form comes from. */
export interface FormSource {
  /** Stream after all `preParsing` hooks; the request itself without such hooks. */
  readonly payload: Readable
  readonly raw: IncomingMessage
}

export interface Part {
  readonly headers: PartHeaders
  readonly content: Readable
}

const LINE_END = new Set([10, 13])

export class MultipartParts {
  readonly #source: FormSource
  readonly #total: number
  readonly #parser: Dicer
  readonly #waiting: Part[] = []
  /** Callbacks of the pending read. There is one reader, which waits for one thing at a time. */
  #wake!: () => void
  #reject!: (error: Error) => void
  #failure: Error | undefined
  /** Bytes from the network, and bytes of the payload: they differ when a hook has decompressed them. */
  #received = 0
  #size = 0
  #hasBegun = false
  /** Whether the first delimiter, or data in its place, has arrived. */
  #isPastLineEnds = false
  /** Whether a part has begun whose headers have not arrived yet. */
  #isHeadless = false
  /** Whether the last delimiter has arrived. */
  #isClosed = false
  #hasEnded = false

  /** @throws APIKIT_ERR_FORM, APIKIT_ERR_FORM_SIZE when the headers say enough */
  constructor (source: FormSource, total: number) {
    const { 'content-type': type = '', 'content-length': length } = source.raw.headers
    const boundary = parametersOf(type).get('boundary')
    if (boundary === undefined) throw new APIKIT_ERR_FORM('Missing boundary in multipart.')
    this.#source = source
    this.#total = total
    if (Number(length) > total) throw this.#tooLarge()
    this.#parser = parserOf(boundary)
  }

  /** Returns the next part once the previous one has been read; `undefined` at the end of the body. */
  async next (): Promise<Part | undefined> {
    if (!this.#hasBegun) this.#begin()
    const come = new Promise<void>(resolve => { this.#wake = resolve })
    if (this.#waiting.length > 0 || this.#isOver) this.#wake()
    await this.#until(come)
    return this.#waiting.shift()
  }

  /** Yields the content of a part. Throws as soon as the body is known to be invalid. */
  async * read ({ content }: Part): AsyncGenerator<Buffer> {
    const chunks: AsyncIterator<Buffer> = content[Symbol.asyncIterator]()
    for (;;) {
      const chunk = await this.#until(chunks.next())
      if (chunk.done === true) return
      yield chunk.value
    }
  }

  /** Stops reading. Pending reads fail. */
  abandon (): void {
    if (!this.#isOver) this.#fail(malformed())
  }

  /** Keeps the connection, for the response. */
  #leave (): void {
    const { payload, raw } = this.#source
    payload.off('data', this.#write)
    payload.pause()
    if (payload === raw) return
    raw.off('data', this.#count)
    raw.unpipe()
    // Not before: a pipeline of which one stream is destroyed destroys the others, and the connection.
    finished(raw, () => { payload.destroy() })
  }

  get #isOver (): boolean {
    return this.#isClosed && this.#hasEnded
  }

  #begin (): void {
    const { payload, raw } = this.#source
    this.#hasBegun = true
    this.#parser
      .on('preamble', this.#refusePreamble)
      .on('part', this.#expectPart)
      .on('finish', () => { this.#close() })
      .on('error', cause => { this.#fail(malformed(cause)) })
      .on('drain', () => { this.#demand() })

    payload.on('data', this.#write)
    finished(payload, { writable: false }, error => {
      if (error == null) this.#end()
      else this.#fail(Number(Object(error).statusCode) >= 400 ? error : malformed(error))
    })
    if (payload === raw) return
    raw.on('data', this.#count)
    // A stream into which the request is piped is not told when the client has gone.
    finished(raw, { writable: false }, error => { if (error != null) this.#fail(malformed(error)) })
  }

  readonly #count = (chunk: Buffer): void => {
    this.#received += chunk.length
    if (this.#received > this.#total) this.#fail(this.#tooLarge())
  }

  readonly #write = (data: Buffer | string): void => {
    const chunk = typeof data === 'string' ? Buffer.from(data) : data
    this.#size += chunk.length
    if (this.#size > this.#total) return this.#fail(this.#tooLarge())
    const start = this.#isPastLineEnds ? 0 : chunk.findIndex(byte => !LINE_END.has(byte))
    // What stands behind the last delimiter is counted, and no more.
    if (start < 0 || this.#isClosed) return
    this.#isPastLineEnds = true
    if (!this.#parser.write(chunk.subarray(start)) || this.#waiting.length > 0) this.#source.payload.pause()
  }

  /** FastAPI lets line ends stand before the first delimiter, and nothing else. */
  readonly #refusePreamble = (preamble: Readable): void => {
    preamble.on('error', () => {}).on('data', () => { this.#fail(malformed()) })
  }

  readonly #expectPart = (content: Readable): void => {
    // The failure of the whole is told by `next` and `read`.
    content.on('error', () => {})
    if (this.#isHeadless) this.#fail(malformed())
    this.#isHeadless = true
    content.once('header', (headers: PartHeaders) => {
      this.#isHeadless = false
      this.#waiting.push({ headers, content })
      this.#wake()
    })
  }

  #close (): void {
    this.#isClosed = true
    if (this.#isHeadless) this.#fail(malformed())
    else if (this.#isOver) this.#wake()
    else this.#demand()
  }

  #end (): void {
    this.#hasEnded = true
    // An empty body is an empty form, as in FastAPI.
    if (this.#size === 0) this.#close()
    else this.#parser.end()
    if (this.#isOver) this.#wake()
  }

  #fail (error: Error): void {
    this.#failure ??= error
    this.#leave()
    this.#reject(this.#failure)
  }

  /** What is awaited, or the failure of the body. No `Promise.race` with one long promise: that would keep every chunk until the end. */
  async #until<T> (next: Promise<T>): Promise<T> {
    return await new Promise((resolve, reject) => {
      this.#reject = reject
      next.then(resolve, reject)
      if (this.#failure !== undefined) reject(this.#failure)
      else this.#demand()
    })
  }

  /** Memory holds the parts of one chunk: more is read when they have been. The parser that is closed never drains. */
  #demand (): void {
    if (this.#failure !== undefined || this.#waiting.length > 0) return
    if (this.#isClosed || !this.#parser.writableNeedDrain) this.#source.payload.resume()
  }

  #tooLarge (): Error {
    return new APIKIT_ERR_FORM_SIZE(`Form exceeded maximum size of ${sizeOf(this.#total)}.`)
  }
}

function parserOf (boundary: string): Dicer {
  if (boundary === '') throw malformed()
  const config = { boundary, maxHeaderPairs: MOST_HEADERS.count + 1, maxHeaderSize: 2 * MOST_HEADERS.size }
  try {
    return new Dicer(config)
  } catch (cause) {
    // A delimiter of more than 256 bytes.
    throw malformed(cause)
  }
}
