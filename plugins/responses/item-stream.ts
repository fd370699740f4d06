/**
 * A generator as the body of a response.
 *
 * @module
 */

import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { toError } from '../core/thrown.ts'

/** What streams are made of: generators, arrays, cursors of a database, Readables. */
export type Items<T> = AsyncIterable<T> | Iterable<T>

export interface StreamOptions {
  /** Text or bytes of an item; what it throws breaks the stream. */
  readonly write: (item: unknown) => string | Uint8Array
  /** Told of an error of the generator when nobody waits for more of it. */
  readonly onLateError: (error: unknown) => void
  /** Sent when nothing else has been for so many milliseconds. */
  readonly ping?: { readonly text: string, readonly after: number } | undefined
  /** Called once, when the generator runs and has not given its first item at once. */
  readonly onWaiting?: (() => void) | undefined
}

/** Items that are there at once share a chunk of about so many characters. */
const CHUNK = 16_384

/**
 * Asks for items as the client takes them. When the client is gone, the generator is closed: `return()` runs its
 * `finally`, as soon as what it awaits lets it.
 */
export class ItemStream extends Readable {
  readonly #iterator: AsyncIterator<unknown> | Iterator<unknown>
  readonly #options: StreamOptions
  /** Written, not sent yet: there may be more in this turn of the event loop. */
  #text = ''
  #flushing: NodeJS.Immediate | undefined
  #pinging: NodeJS.Timeout | undefined
  #started = false
  /** The client takes more. */
  #wanted = false
  #pulling: Promise<void> | undefined
  /** The generator has come to its end, by itself or by an error. */
  #done = false
  #sent = false
  /** All has been sent. */
  #over = false
  /** What the generator threw when it had nobody to tell. */
  #late: unknown

  constructor (items: Items<unknown>, options: StreamOptions) {
    // One chunk is made ahead of what the client has taken.
    super({ highWaterMark: 1 })
    this.#iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
    this.#options = options
  }

  override _read (): void {
    this.#wanted = true
    if (!this.#started) this.#start()
    this.#pulling ??= this.#pull().then(() => {
      this.#pulling = undefined
      // Asked for while the last round came to its end.
      if (this.#wanted && !this.#isClosed()) this._read()
    })
  }

  override _destroy (error: Error | null, callback: (error?: Error | null) => void): void {
    clearImmediate(this.#flushing)
    clearTimeout(this.#pinging)
    this.#close().then(late => {
      if (late !== null) this.#options.onLateError(late)
      // Behind its end a stream has no error.
      callback(error ?? (this.#over ? null : late))
    })
  }

  /** Ends the response now, whatever the generator waits for; it is closed behind it. What the client does not take is lost. */
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
    return this.#over || this.destroyed
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
        // As `for await` does with the promises of a generator that is not async.
        const item: unknown = isThenable(value) ? await value : value
        if (this.#isClosed()) return
        this.#add(this.#options.write(item))
        if (this.#text.length < CHUNK) continue
        this.#flush()
        // Others have their turn, however fast the items come.
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
      // The client is gone, and a signal of the request has told the generator.
      if (!isAbort(error)) this.#late = error
      return
    }
    // Where nothing is on its way yet, the error is the answer.
    if (this.#sent) this.#flush()
    this.destroy(toError(error))
  }

  /** Lets the generator come to its end; gives back what it threw on the way. */
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
