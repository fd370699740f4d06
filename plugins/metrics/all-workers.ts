/**
 * The metrics of all workers of an app, as one text: a scrape reaches any of them.
 *
 * @module
 */

import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client'
import { answerOtherWorkers, askOtherWorkers } from '../core/other-workers.ts'
import type { Workers } from '../core/workers.ts'
import type { Client } from './client.ts'

const TOPIC = 'metrics'

/** Milliseconds after which a worker that does not answer is left out: its event loop is blocked, or it is about to end. */
const PATIENCE = 1000

type Metrics = Array<MetricObjectWithValues<MetricValue<string>>>

export class AllWorkers {
  readonly #client: Client
  readonly #workers: Workers
  readonly #registries: readonly Registry[]

  constructor (client: Client, workers: Workers, registries: readonly Registry[]) {
    this.#client = client
    this.#workers = workers
    this.#registries = registries
  }

  /** Answers the other workers. Returns how to stop it. */
  answer (): () => void {
    return answerOtherWorkers(TOPIC, async () => JSON.stringify(await this.#own(), (_key, value) => typeof value === 'number' && !Number.isFinite(value) ? String(value) : value))
  }

  /** Returns the text. Each worker has series of its own, so that its counters do not seem to go back when another is replaced. */
  async read (): Promise<string> {
    const [own, answers] = await Promise.all([this.#own(), askOtherWorkers(TOPIC, PATIENCE)])
    const told = answers.filter(({ text }) => text !== '')
    const others = told.map(({ text }): Metrics => JSON.parse(text, (key, value) => key === 'value' && typeof value === 'string' ? Number(value) : value))
    const up = this.#up(new Set([this.#workers.index, ...told.map(({ index }) => index)]))
    return await this.#client.AggregatorRegistry.aggregate([own, ...others, await up.getMetricsAsJSON()]).metrics()
  }

  async #own (): Promise<Metrics> {
    const metrics = (await Promise.all(this.#registries.map(registry => registry.getMetricsAsJSON()))).flat() as Metrics
    // No two workers have a series in common, so none is left out or summed up.
    return metrics.map(metric => ({ ...metric, aggregator: 'first' }))
  }

  #up (indexes: ReadonlySet<number>): Registry {
    const registry = new this.#client.Registry()
    const gauge = new this.#client.Gauge({ name: 'worker_up', help: 'Whether a worker has told its metrics within a second.', labelNames: ['worker'], registers: [registry] })
    for (let index = 1; index <= this.#workers.count; index++) gauge.set({ worker: index }, Number(indexes.has(index)))
    return registry
  }
}
