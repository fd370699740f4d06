/**
 * Turns at something that one at a time can have.
 *
 * @module
 */

import { DatabaseUnavailable } from './violations.ts'

interface Waiting {
  readonly go: () => void
}

export class Turns {
  readonly #timeout: number
  readonly #words: (timeout: number) => string
  readonly #waiting = new Set<Waiting>()
  #taken = false

  /**
   * @param timeout milliseconds to wait for a turn
   * @param words what is said where it was not free in time
   */
  constructor (timeout: number, words: (timeout: number) => string) {
    this.#timeout = timeout
    this.#words = words
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
        reject(new DatabaseUnavailable(this.#words(this.#timeout)))
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
