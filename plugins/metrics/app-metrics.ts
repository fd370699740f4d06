/**
 * `app.metrics`: the registry of an app, and its text.
 *
 * @module
 */

import type { Registry } from 'prom-client'

export class AppMetrics {
  /** The metrics of this app. Add your own: `new Counter({ …, registers: [app.metrics.registry] })`. */
  readonly registry: Registry
  readonly #process: Registry | undefined

  /** @param process Metrics of the process, which all apps in it share. */
  constructor (registry: Registry, process: Registry | undefined) {
    this.registry = registry
    this.#process = process
  }

  /** Content type of the text. */
  get contentType (): string {
    return this.registry.contentType
  }

  /** Returns the text that a scraper reads: the metrics of the app, and those of the process. */
  async read (): Promise<string> {
    const texts = await Promise.all([this.registry, this.#process].map(registry => registry?.metrics()))
    return texts.filter(text => text !== undefined).join('\n')
  }
}
