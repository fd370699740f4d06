/**
 * Turns at something that one at a time can have.
 *
 * @module
 */

import { DatabaseUnavailable } from '../violations.ts'

interface Waiting {
  readonly go: () => void
}

export class Turns {
  readonly #timeout: number
  readonly #waiting = new Set<Waiting>()
  #taken = false

  /** @param timeout milliseconds to wait for a turn */
  constructor (timeout: number) {
    this.#timeout = timeout
  }

  get free (): boolean {
    return !this.#taken
  }

  /** How many wait. */
  get length (): number {
    return this.#waiting.size
  }

  /** `true` when the turn is the caller's already. */
  take (): true | Promise<true> {
    if (!this.#taken) return (this.#taken = true)
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { go: () => { clearTimeout(timer); resolve(true) } }
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting)
        reject(new DatabaseUnavailable(
          `SQLite has one writer, and it was not free within ${this.#timeout} ms: is a session open that waits for another, as app.db does inside of one?`))
      }, this.#timeout)
      this.#waiting.add(waiting)
    })
  }

  give (): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#taken = false
      return
    }
    this.#waiting.delete(next)
    next.go()
  }
}
