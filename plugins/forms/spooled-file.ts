/**
 * A file of a form, read before the handler runs: in memory, or on disk when it is large.
 *
 * @module
 */

import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { kUpload } from '../types/file.ts'
import { type UploadFile } from '../types/index.ts'
import { APIKIT_ERR_FILE_GONE } from './errors.ts'
import type { FileHead } from './part-head.ts'
import { saveAs } from './saved-file.ts'
import type { Kept, UploadStore } from './upload-store.ts'

type Place = readonly Buffer[] | FileHandle | 'gone'

// Own properties are what an error echoes, and what JSON.stringify shows: the file itself is none of them.
export class SpooledFile implements UploadFile, Kept {
  declare readonly [kUpload]: true
  readonly filename: string
  readonly contentType: string
  size = 0
  readonly headers: Readonly<Record<string, string>>
  readonly #store: UploadStore
  #place: Place | Buffer[] = []

  static {
    Object.defineProperty(this.prototype, kUpload, { value: true })
  }

  constructor ({ filename, contentType, headers }: FileHead, store: UploadStore) {
    this.filename = filename
    this.contentType = contentType
    this.headers = headers
    this.#store = store
    store.keep(this)
  }

  /** @param inMemory whatever its size */
  async write (chunk: Buffer, inMemory = false): Promise<void> {
    const place = this.#place
    if (Array.isArray(place) && (inMemory || this.#store.reserve(chunk.length))) {
      place.push(chunk)
    } else {
      const handle = Array.isArray(place) ? await this.#toDisk(place) : place as FileHandle
      try {
        await handle.writeFile(chunk)
      } catch (cause) {
        throw this.#store.failure(cause)
      }
    }
    this.size += chunk.length
  }

  async #toDisk (chunks: readonly Buffer[]): Promise<FileHandle> {
    const handle = await this.#store.open()
    this.#place = handle
    for (const chunk of chunks) await handle.writeFile(chunk)
    this.#store.release(this.size)
    return handle
  }

  /** Marks the file as complete. */
  seal (): void {
    // Copied: a chunk is a view of the buffer of the socket, which would stay as long as the file.
    if (Array.isArray(this.#place)) this.#place = [Buffer.concat(this.#place)]
  }

  stream (): Readable {
    const place = this.#place
    if (place === 'gone') return Readable.from(this.#fail())
    if (Array.isArray(place)) return Readable.from(place)
    return (place as FileHandle).createReadStream({ start: 0, autoClose: false })
  }

  async * #fail (): AsyncGenerator<never> {
    throw new APIKIT_ERR_FILE_GONE(this.filename, 'was read after the end of its request. Call save() before the handler ends')
  }

  async buffer (): Promise<Buffer> {
    const place = this.#place
    if (Array.isArray(place) && place.length === 1) return place[0] as Buffer
    return await buffer(this.stream())
  }

  async text (): Promise<string> {
    return (await this.buffer()).toString()
  }

  async save (path: string): Promise<void> {
    await saveAs(path, this.stream())
  }

  async dispose (): Promise<void> {
    const place = this.#place
    this.#place = 'gone'
    if (place !== 'gone' && !Array.isArray(place)) await (place as FileHandle).close()
  }
}
