/**
 * What is done beside the jobs: those of dead processes are freed, old ones are removed, and those of unknown tasks are named.
 *
 * @module
 */

import type { DurableOptions, Store } from './durable.ts'

/** Milliseconds between two sweeps. */
const SWEEP = 60_000

export class Upkeep {
  readonly #store: Pick<Store, 'prepare' | 'sweep'>
  readonly #options: Pick<DurableOptions, 'pollInterval' | 'log'>
  readonly #unknown = new Set<string>()
  #preparedAt = -Infinity
  #sweptAt = -Infinity
  #sweeping: Promise<void> | undefined

  constructor (store: Pick<Store, 'prepare' | 'sweep'>, options: Pick<DurableOptions, 'pollInterval' | 'log'>) {
    this.#store = store
    this.#options = options
  }

  /** Called before jobs are taken. */
  async prepare (): Promise<void> {
    const now = performance.now()
    // Not behind each job.
    if (now - this.#preparedAt < this.#options.pollInterval / 2) return
    this.#preparedAt = now
    await this.#store.prepare()
    if (now - this.#sweptAt < SWEEP) return
    this.#sweptAt = now
    // Jobs do not wait for it.
    this.#sweeping = this.#sweep()
  }

  async end (): Promise<void> {
    await this.#sweeping
  }

  async #sweep (): Promise<void> {
    const { log } = this.#options
    try {
      const waiting = await this.#store.sweep()
      for (const task of waiting.filter(name => !this.#unknown.has(name))) {
        this.#unknown.add(task)
        log.warn({ task }, 'jobs of an unknown task wait. Register the task, or remove them')
      }
    } catch (error) {
      log.error({ err: error }, 'jobs that were kept long enough cannot be removed. It will be tried again')
    }
  }
}
