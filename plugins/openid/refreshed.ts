/**
 * A value that is fetched when first needed, and again when it is old.
 *
 * @module
 */

export interface RefreshedOptions<Value> {
  readonly load: () => Promise<Value>
  /** Milliseconds in which nobody asks again. */
  readonly maxAge: number
  /** Milliseconds in which the value is still good, if it cannot be fetched anew. */
  readonly maxStale: number
  /** Milliseconds after a failure in which nobody tries again. */
  readonly pause: number
}

export class Refreshed<Value> {
  readonly #options: RefreshedOptions<Value>
  #value: Value | undefined
  #loadedAt = -Infinity
  #failure: { readonly at: number, readonly error: unknown } | undefined
  #pending: Promise<Value> | undefined

  constructor (options: RefreshedOptions<Value>) {
    this.#options = options
  }

  /** The fetch that is under way. */
  get pending (): Promise<Value> | undefined {
    return this.#pending
  }

  /** The value; a promise only while there is none that is good. An old one is fetched anew in the background. */
  get (): Value | Promise<Value> {
    const age = Date.now() - this.#loadedAt
    if (this.#value === undefined || age >= this.#options.maxStale) return this.refresh()
    // A failure is told to those who cannot do without.
    if (age >= this.#options.maxAge) this.refresh().catch(() => {})
    return this.#value
  }

  /** Fetches it now: once, however many ask, and not again right after a failure. */
  refresh (): Promise<Value> {
    if (this.#pending !== undefined) return this.#pending
    if (this.#failure !== undefined && Date.now() - this.#failure.at < this.#options.pause) return Promise.reject(this.#failure.error)
    this.#pending = this.#load().finally(() => { this.#pending = undefined })
    return this.#pending
  }

  async #load (): Promise<Value> {
    try {
      const value = await this.#options.load()
      this.#value = value
      this.#loadedAt = Date.now()
      this.#failure = undefined
      return value
    } catch (error) {
      this.#failure = { at: Date.now(), error }
      throw error
    }
  }
}
