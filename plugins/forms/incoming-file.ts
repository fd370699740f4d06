/**
 * A file of a form that the handler reads while it arrives.
 *
 * @module
 */

import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { kUpload } from '../types/file.ts'
import { type StreamedFile } from '../types/index.ts'
import { APIKIT_ERR_FILE_GONE } from './errors.ts'
import type { FileHead } from './part-head.ts'
import { saveAs } from './saved-file.ts'

export class IncomingFile implements StreamedFile {
  declare readonly [kUpload]: true
  readonly filename: string
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
  bytesRead = 0
  #chunks: AsyncIterable<Buffer> | undefined

  static {
    Object.defineProperty(this.prototype, kUpload, { value: true })
  }

  constructor ({ filename, contentType, headers }: FileHead, chunks: AsyncIterable<Buffer>) {
    this.filename = filename
    this.contentType = contentType
    this.headers = headers
    this.#chunks = chunks
  }

  stream (): Readable {
    const chunks = this.#chunks
    this.#chunks = undefined
    return Readable.from(chunks === undefined ? this.#fail() : this.#counted(chunks), { objectMode: false })
  }

  async * #counted (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.bytesRead += chunk.length
      yield chunk
    }
  }

  async * #fail (): AsyncGenerator<never> {
    throw new APIKIT_ERR_FILE_GONE(this.filename, 'was already read: a streamed file can be read once. Remove the option "stream" to read it again')
  }

  async buffer (): Promise<Buffer> {
    return await buffer(this.stream())
  }

  async text (): Promise<string> {
    return (await this.buffer()).toString()
  }

  async save (path: string): Promise<void> {
    await saveAs(path, this.stream())
  }
}
