/**
 * Sends a generator as the body of a response.
 *
 * @module
 */

import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { toError } from '../core/thrown.ts'

/** Sources of streams: generators, arrays, database cursors, Readables. */
export type Items<T> = AsyncIterable<T> | Iterable<T>

export interface StreamOptions {
  /** Converts an item to text or bytes. An error breaks the stream. */
  readonly write: (item: unknown) => string | Uint8Array
  /** Called with an error of the generator that can no longer be sent. */
  readonly onLateError: (error: unknown) => void
  /** Text that is sent after so many milliseconds without another item. */
  readonly ping?: { readonly text: string, readonly after: number } | undefined
  /** Called once, if the generator does not yield its first item at once. */
  readonly onWaiting?: (() => void) | undefined
}

/** Items that are ready at once share a chunk of about this many characters. */
const CHUNK = 16_384

/**
 * Reads items as the client takes them. If the client disconnects, the generator is closed: `return()` runs its `finally` as soon as
 * its pending `await` settles.
 */
export class ItemStream extends Readable {
  readonly #iterator: AsyncIterator<unknown> | Iterator<unknown>
  readonly #options: StreamOptions
  /** Written, but not sent yet: more may follow in this turn of the event loop. */
  #text = ''
  #flushing: NodeJS.Immediate | undefined
  #pinging: NodeJS.Timeout | undefined
  #started = false
  /** The client takes more. */
  #wanted = false
  #pulling: Promise<void> | undefined
  /** The generator has ended or failed. */
  #done = false
  #sent = false
  /** The stream breaks off: nothing is read anymore. */
  #failed = false
  /** Everything has been sent. */
  #over = false
  /** An error of the generator that nothing received. */
  #late: unknown

  constructor (items: Items<unknown>, options: StreamOptions) {
    // One chunk is prepared ahead.
    super({ highWaterMark: 1 })
    this.#iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
    this.#options = options
  }

  override _read (): void {
    this.#wanted = true
    if (this.#failed) return
    if (!this.#started) this.#start()
    this.#pulling ??= this.#pull().then(() => {
      this.#pulling = undefined
      // Requested while the last round ended.
      if (this.#wanted && !this.#isClosed()) this._read()
    })
  }

  override _destroy (error: Error | null, callback: (error?: Error | null) => void): void {
    clearImmediate(this.#flushing)
    clearTimeout(this.#pinging)
    this.#close().then(late => {
      if (late !== null) this.#options.onLateError(late)
      // After its end a stream cannot fail.
      callback(error ?? (this.#over ? null : late))
    })
  }

  /** Ends the response now, even if the generator waits. The generator is closed afterwards. Unsent items are lost. */
  cut (): void {
    if (this.#wanted) this.#finish()
    else this.destroy()
  }

  #finish (): void {
    if (this.#isClosed()) return
    this.#flush()
    this.#over = true
    this.push(null)
  }

  #isClosed (): boolean {
    return this.#over || this.#failed || this.destroyed
  }

  #start (): void {
    this.#started = true
    const { ping, onWaiting } = this.#options
    if (ping !== undefined) {
      this.#pinging = setTimeout(() => {
        if (this.#wanted) this.#push(ping.text)
        this.#pinging?.refresh()
      }, ping.after).unref()
    }
    if (onWaiting !== undefined) setImmediate(() => { if (!this.#isClosed()) onWaiting() })
  }

  async #pull (): Promise<void> {
    try {
      while (this.#wanted && !this.#isClosed()) {
        const next = this.#iterator.next()
        const { done, value } = isThenable(next) ? await next : next
        if (done === true) {
          this.#done = true
          return this.#finish()
        }
        // As `for await` does with promises of a sync generator.
        const item: unknown = isThenable(value) ? await value : value
        if (this.#isClosed()) return
        this.#add(this.#options.write(item))
        if (this.#text.length < CHUNK) continue
        this.#flush()
        // Lets other work run, however fast the items arrive.
        await nextTurn()
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  #add (written: string | Uint8Array): void {
    if (typeof written === 'string') {
      this.#text += written
      this.#flushing ??= setImmediate(() => { this.#flush() })
    } else {
      this.#flush()
      this.#push(written)
    }
  }

  #flush (): void {
    clearImmediate(this.#flushing)
    this.#flushing = undefined
    const text = this.#text
    this.#text = ''
    this.#push(text)
  }

  #push (chunk: string | Uint8Array): void {
    if (chunk.length === 0 || this.#isClosed()) return
    this.#pinging?.refresh()
    this.#sent = true
    this.#wanted = this.push(chunk)
  }

  #fail (error: unknown): void {
    if (this.#isClosed()) {
      // The client has disconnected, and `request.signal` has told the generator.
      if (!isAbort(error)) this.#late = error
      return
    }
    this.#flush()
    this.#failed = true
    // Without a first item, the error becomes the response. What was sent last would be lost with the connection in this turn.
    if (this.#sent) setImmediate(() => { this.destroy(toError(error)) })
    else this.destroy(toError(error))
  }

  /** Runs the generator to its end. Returns what it threw. */
  async #close (): Promise<Error | null> {
    try {
      if (!this.#done) await this.#iterator.return?.()
      await this.#pulling
    } catch (error) {
      this.#late ??= error
    }
    return this.#late === undefined ? null : toError(this.#late)
  }
}

function isThenable<T> (value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function'
}

function isAbort (error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
