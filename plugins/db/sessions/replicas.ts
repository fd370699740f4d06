/**
 * Replicas that sessions which only read may read from: in turn, those that can be reached.
 *
 * @module
 */

import { isOfReplica, isUnreachable } from '../engine/postgres/errors.ts'
import type { ObservedDriver } from './observed.ts'

/** Milliseconds until one that was away is asked again; doubled each time. */
const FIRST_WAIT = 1000
const LONGEST_WAIT = 30_000

interface ReplicaLogger {
  warn (what: object, message: string): void
}

class Replica {
  readonly driver: ObservedDriver
  readonly #number: number
  readonly #log: ReplicaLogger | undefined
  #wait = 0
  #awayUntil = 0

  constructor (driver: ObservedDriver, number: number, log: ReplicaLogger | undefined) {
    this.driver = driver
    this.#number = number
    this.#log = log
  }

  /** Whether it may be asked. One caller at a time finds out whether one that was away is back. */
  ask (): boolean {
    if (this.#wait === 0) return true
    const now = performance.now()
    if (now < this.#awayUntil) return false
    this.#awayUntil = now + this.#wait
    return true
  }

  lost (err: unknown): void {
    if (this.#wait === 0) this.#log?.warn({ err, replica: this.#number }, 'a replica cannot be reached')
    this.#wait = Math.min(this.#wait * 2 || FIRST_WAIT, LONGEST_WAIT)
    this.#awayUntil = performance.now() + this.#wait
  }

  found (): void {
    this.#wait = 0
  }
}

export interface ReplicasOptions {
  readonly primary: ObservedDriver
  readonly drivers: readonly ObservedDriver[]
  /** Read from the primary where no replica can be reached. */
  readonly fallback: boolean
  /** Requests that only read do so from a replica, where their route does not say otherwise. */
  readonly gets: boolean
  readonly log: ReplicaLogger | undefined
}

export class Replicas {
  readonly #all: readonly Replica[]
  readonly #primary: ObservedDriver
  readonly #fallback: boolean
  readonly gets: boolean
  #next = 0

  constructor ({ primary, drivers, fallback, gets, log }: ReplicasOptions) {
    this.#all = drivers.map((driver, index) => new Replica(driver, index + 1, log))
    this.#primary = primary
    this.#fallback = fallback
    this.gets = gets
  }

  get drivers (): readonly ObservedDriver[] {
    return this.#all.map(({ driver }) => driver)
  }

  /**
   * Does some work on a replica; on another, or on the primary, where it cannot be reached or is in the way of its own
   * recovery.
   *
   * @param work leaves nothing behind where it fails
   */
  async run<T> (work: (driver: ObservedDriver) => Promise<T>): Promise<T> {
    const first = this.#next++
    const inTurn = this.#all.map((_, index) => this.#all[(first + index) % this.#all.length] as Replica)
    const able = inTurn.filter(replica => replica.ask())
    let last: unknown
    for (const replica of able.length === 0 && !this.#fallback ? inTurn : able) {
      try {
        const result = await work(replica.driver)
        replica.found()
        return result
      } catch (error) {
        if (isUnreachable(error)) replica.lost(error)
        else if (!isOfReplica(error)) throw error
        last = error
      }
    }
    if (!this.#fallback) throw last
    return work(this.#primary)
  }

  /** Finds out which are away. Fails where there is one and the primary does not stand in for it. */
  async check (): Promise<void> {
    for (const replica of this.#all) {
      try {
        await replica.driver.check()
        replica.found()
      } catch (error) {
        replica.lost(error)
        if (!this.#fallback) throw error
      }
    }
  }

  async close (): Promise<void> {
    for (const { driver } of this.#all) await driver.close()
  }
}
