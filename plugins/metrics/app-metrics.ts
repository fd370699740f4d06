/**
 * `app.metrics`: the registry of an app, and its text.
 *
 * @module
 */

import type { Registry } from 'prom-client'
import type { AllWorkers } from './all-workers.ts'

export class AppMetrics {
  /** The metrics of this app. Add your own: `new Counter({ …, registers: [app.metrics.registry] })`. */
  readonly registry: Registry
  readonly #process: Registry | undefined
  readonly #all: AllWorkers | undefined

  /**
   * @param process Metrics of the process, which all apps in it share.
   * @param all If the process is one of several.
   */
  constructor (registry: Registry, process: Registry | undefined, all: AllWorkers | undefined) {
    this.registry = registry
    this.#process = process
    this.#all = all
  }

  /** Content type of the text. */
  get contentType (): string {
    return this.registry.contentType
  }

  /** Returns the text that a scraper reads: the metrics of the app, and those of the process; of all workers, if there are several. */
  async read (): Promise<string> {
    if (this.#all !== undefined) return await this.#all.read()
    const texts = await Promise.all([this.registry, this.#process].map(registry => registry?.metrics()))
    return texts.filter(text => text !== undefined).join('\n')
  }
}
