/**
 * Random choices that a seed repeats.
 *
 * @module
 */

export class Dice {
  #state: number

  constructor (seed: number) {
    this.#state = seed >>> 0
  }

  /** A number from 0 to less than 1: mulberry32. */
  next (): number {
    this.#state = (this.#state + 0x6D2B79F5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from `low` to `high`, both included. */
  whole (low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance (probability: number): boolean {
    return this.next() < probability
  }

  pick<T> (values: readonly T[]): T {
    return values[this.whole(0, values.length - 1)] as T
  }

  /** Calls one of the functions, picked by weight. */
  branch<T> (...ways: ReadonlyArray<readonly [weight: number, make: () => T]>): T {
    let point = this.next() * ways.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, make] of ways) {
      point -= weight
      if (point < 0) return make()
    }
    return (ways.at(-1) as readonly [number, () => T])[1]()
  }

  times<T> (low: number, high: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.whole(low, high) }, (_, index) => make(index))
  }

  shuffled<T> (values: readonly T[]): T[] {
    return values.map(value => [this.next(), value] as const).sort(([a], [b]) => a - b).map(([, value]) => value)
  }
}
