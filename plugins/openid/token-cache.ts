/**
 * A cache with a maximum size and an expiry for each entry. The least recently used entry is evicted first.
 *
 * @module
 */

interface Entry<Value> {
  readonly value: Value
  /** Milliseconds since 1970. */
  readonly until: number
}

export class TokenCache<Value> {
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #max: number

  /** @param max number of entries; 0 caches nothing */
  constructor (max: number) {
    this.#max = max
  }

  get (token: string): Value | undefined {
    const entry = this.#entries.get(token)
    if (entry === undefined) return undefined
    this.#entries.delete(token)
    if (Date.now() >= entry.until) return undefined
    this.#entries.set(token, entry) // now the last to be evicted
    return entry.value
  }

  set (token: string, value: Value, until: number): void {
    if (this.#max === 0 || until <= Date.now()) return
    this.#entries.delete(token)
    this.#entries.set(token, { value, until })
    if (this.#entries.size > this.#max) this.#entries.delete(this.#entries.keys().next().value as string)
  }

  clear (): void {
    this.#entries.clear()
  }
}
