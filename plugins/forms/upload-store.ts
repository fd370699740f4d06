/**
 * Where the files of one request are kept, and for how long.
 *
 * @module
 */

import { randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { over, released } from '../core/request/wait-until.ts'
import { APIKIT_ERR_SPOOL } from './errors.ts'
import { malformed } from './malformed.ts'

/** What is kept until the request is over. */
export interface Kept {
  dispose (): Promise<void>
}

export interface StoreOptions {
  /** Bytes of all files of a request that are kept in memory. */
  readonly memory: number
  readonly directory: string
}

/**
 * The files of one request. They go when the response is sent, or cannot be, and the handler is done, and so is what runs
 * in the background.
 */
export class UploadStore {
  readonly #options: StoreOptions
  readonly #request: FastifyRequest
  readonly #kept: Kept[] = []
  #memory: number
  #isWatching = false
  /** The response is sent, or the client is gone. */
  #left = false
  /** The form is read, and the handler is still to come. */
  #pending = false
  #handling = false
  #over = false

  constructor (request: FastifyRequest, options: StoreOptions) {
    this.#request = request
    this.#options = options
    this.#memory = options.memory
  }

  /** The form is read. */
  ready (): void {
    this.#pending = true
  }

  /** The form cannot be read: no handler will come. */
  fail (): void {
    this.#left = true
    this.#end()
  }

  /** Waits for the end of the response; a parser of bodies does not know the reply. */
  watch ({ raw }: FastifyReply): void {
    if (this.#isWatching) return
    this.#isWatching = true
    finished(raw, () => {
      this.#left = true
      if (raw.writableEnded) this.#pending = false
      this.#end()
    })
  }

  /** There is an answer; the handler may have been left out. */
  answer (reply: FastifyReply): void {
    this.watch(reply)
    this.#pending = false
    this.#end()
  }

  keep (file: Kept): void {
    this.#kept.push(file)
  }

  /** Whether so many more bytes go into memory. */
  reserve (bytes: number): boolean {
    if (bytes > this.#memory) return false
    this.#memory -= bytes
    return true
  }

  /** Gives memory back. */
  release (bytes: number): void {
    this.#memory += bytes
  }

  /** A file without a name: it is gone from the folder at once, and from the disk when it is closed, whatever happens to the process. */
  async open (): Promise<FileHandle> {
    const path = join(this.#options.directory, `upload-${randomUUID()}`)
    try {
      const handle = await open(path, 'wx+', 0o600)
      await unlink(path)
      if (!this.#over) return handle
      await handle.close()
      throw new Error('the client went meanwhile')
    } catch (cause) {
      throw this.failure(cause)
    }
  }

  /** The error of a file that cannot be written; when the request is over, that is nobody's fault, and nobody's concern. */
  failure (cause: unknown): Error {
    if (this.#over) return malformed(cause)
    return Object.assign(new APIKIT_ERR_SPOOL(this.#options.directory), { cause })
  }

  /** Runs the handler; no file is taken from under its feet because the client is gone. */
  handle (reply: FastifyReply, handler: () => unknown): unknown {
    this.watch(reply)
    this.#pending = false
    this.#handling = true
    const done = (): void => {
      this.#handling = false
      this.#end()
    }
    let result: unknown
    try {
      result = handler()
    } catch (error) {
      done()
      throw error
    }
    if (result instanceof Promise) result.then(done, done)
    else done()
    return result
  }

  #end (): void {
    if (this.#over || this.#pending || this.#handling || !this.#left) return
    this.#over = true
    over(this.#request)
    const releasing = released(this.#request)
    if (releasing === undefined) this.#dispose()
    else releasing.then(() => { this.#dispose() })
  }

  #dispose (): void {
    for (const file of this.#kept) {
      file.dispose().catch((error: unknown) => { this.#request.log.error({ err: error }, 'an upload could not be closed') })
    }
  }
}
