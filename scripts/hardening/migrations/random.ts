/**
 * Chance that can be repeated.
 *
 * @module
 */

export class Random {
  #state: number

  constructor (seed: number) {
    this.#state = seed
  }

  /** A whole number below another. */
  below (n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n
  }

  pick<T> (list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  /** One time in so many. */
  oneIn (n: number): boolean {
    return this.below(n) === 0
  }

  /** A list of one thing, one time in so many; else an empty one. */
  maybe<T> (one: T, n = 2): T[] {
    return this.oneIn(n) ? [one] : []
  }
}
