/**
 * Keeps the files of one request until it is over.
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

/** Resource that is kept until the request is over. */
export interface Kept {
  dispose (): Promise<void>
}

export interface StoreOptions {
  /** Maximum bytes of all files of a request in memory. */
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
  /** Whether the response is sent, or the client has disconnected. */
  #left = false
  /** Whether the form is read, and the handler has not run yet. */
  #pending = false
  #handling = false
  #over = false

  constructor (request: FastifyRequest, options: StoreOptions) {
    this.#request = request
    this.#options = options
    this.#memory = options.memory
  }

  /** Marks the form as read. */
  ready (): void {
    this.#pending = true
  }

  /** Marks the form as unreadable: the handler will not run. */
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

  /** Marks the request as answered, possibly without its handler. */
  answer (reply: FastifyReply): void {
    this.watch(reply)
    this.#pending = false
    this.#end()
  }

  keep (file: Kept): void {
    this.#kept.push(file)
  }

  /** Reserves memory. Returns whether these bytes still fit. */
  reserve (bytes: number): boolean {
    if (bytes > this.#memory) return false
    this.#memory -= bytes
    return true
  }

  /** Releases memory. */
  release (bytes: number): void {
    this.#memory += bytes
  }

  /** Opens a file and unlinks it at once. The system frees it when it is closed, even if the process crashes. */
  async open (): Promise<FileHandle> {
    const path = join(this.#options.directory, `upload-${randomUUID()}`)
    try {
      const handle = await open(path, 'wx+', 0o600)
      await unlink(path)
      if (!this.#over) return handle
      await handle.close()
      throw new Error('the client disconnected')
    } catch (cause) {
      throw this.failure(cause)
    }
  }

  /** Returns the error of a file that cannot be written. After the end of the request it is not reported. */
  failure (cause: unknown): Error {
    if (this.#over) return malformed(cause)
    return Object.assign(new APIKIT_ERR_SPOOL(this.#options.directory), { cause })
  }

  /** Runs the handler. Its files stay open until it is done, even if the client disconnects. */
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
