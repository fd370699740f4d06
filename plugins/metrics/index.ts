/**
 * Metrics for Prometheus: of requests, dependencies, statements, pools, queues, sockets and the process.
 *
 * @module
 */

import cluster from 'node:cluster'
import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { parseOptions } from '../core/options.ts'
import { workersOf } from '../core/workers.ts'
import { AllWorkers } from './all-workers.ts'
import { AppMetrics } from './app-metrics.ts'
import { observeJobs, observeStatements } from './channels.ts'
import { type Client, loadClient } from './client.ts'
import { APIKIT_ERR_METRICS } from './errors.ts'
import { addGauges } from './gauges.ts'
import { MetricsOptions } from './options.ts'
import { processMetrics } from './process-metrics.ts'
import { observeRequests } from './requests.ts'
import { serveMetrics } from './route.ts'

const name = 'fastify-apikit/metrics'

export { MetricsOptions }
export type { AppMetrics } from './app-metrics.ts'
export * from './errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The metrics of the app, and their text. Added by `fastify-apikit/metrics`. */
    readonly metrics: AppMetrics
  }
}

const plugin: FastifyPluginAsync<MetricsOptions> = async (app, options) => {
  const isTaken = app.hasDecorator('metrics')
  const parsed = parseOptions(name, MetricsOptions, options, app)
  const { path, token, depends, public: isPublic, buckets, statements } = parsed
  if (isTaken) throw new APIKIT_ERR_METRICS('it is registered twice, or app.metrics belongs to another plugin. Register it once.')
  if ([token !== undefined, depends !== undefined, isPublic].filter(Boolean).length > 1) throw new APIKIT_ERR_METRICS('"token", "depends" and "public" exclude each other. Set one of them.')
  if (buckets.some((limit, index) => index > 0 && limit <= Number(buckets[index - 1]))) throw new APIKIT_ERR_METRICS('"buckets" must be in ascending order, each limit once.')
  if (path === null && (token !== undefined || depends !== undefined || isPublic)) throw new APIKIT_ERR_METRICS('"token", "depends" and "public" are of the route, which "path: null" leaves out.')
  const client = loadClient()
  const registry = new client.Registry()
  const ofProcess = parsed.process ? processMetrics(client) : undefined
  const registries = ofProcess === undefined ? [registry] : [registry, ofProcess]
  const workers = workersOf()
  const all = workers && new AllWorkers(client, workers, registries)
  if (workers !== undefined) for (const one of registries) one.setDefaultLabels({ worker: String(workers.index) })
  const metrics = new AppMetrics(registry, ofProcess, all)

  app.decorate('metrics', metrics)
  observeRequests(app, client, registry, buckets)
  if (statements) observeStatements(app, client, registry, buckets)
  observeJobs(app, client, registry, buckets)
  app.addHook('onReady', async () => { addGauges(app, client, registry) })
  if (path !== null) serveMetrics(app, metrics, path, parsed)
  if (all !== undefined) app.addHook('onClose', all.answer())
  else if (cluster.isWorker) answerPrimary(client, registries)
}

/** A primary process of the app's own can ask for the metrics of its workers. */
function answerPrimary ({ AggregatorRegistry }: Client, registries: AppMetrics['registry'][]): void {
  AggregatorRegistry.setRegistries(registries)
  // It listens from now on.
  Reflect.construct(AggregatorRegistry, [])
}

/**
 * Collects metrics of the app, and serves them to Prometheus. Register it after `dependencies` and `security`.
 *
 * @param options `token`, `depends` or `public` says who may read the route.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid
 * @throws APIKIT_ERR_METRICS when options contradict each other, or the plugin is registered twice
 * @throws APIKIT_ERR_MISSING_PEER when `prom-client` is not installed
 * @throws APIKIT_ERR_ROUTES at startup, when anybody could read the route, and `public` is not set
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 * @example
 * ```ts
 * await app.register(metrics, { token: process.env.METRICS_TOKEN })
 * const orders = new Counter({ name: 'orders_total', help: 'Orders.', registers: [app.metrics.registry] })
 * ```
 */
export const metrics = fp(plugin, { name, fastify: '5.x || 6.x' })
export default metrics
