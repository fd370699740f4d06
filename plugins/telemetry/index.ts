/**
 * Spans and metrics of OpenTelemetry.
 *
 * @module
 */

import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { parseOptions } from '../core/options.ts'
import { contribute, register } from '../core/plan/conductor.ts'
import { kMeasures } from '../core/request/measures.ts'
import { traceJobs, traceStatements } from './channel-spans.ts'
import { APIKIT_ERR_TELEMETRY } from './errors.ts'
import { TelemetryOptions } from './options.ts'
import { loadApi, providersOf } from './providers.ts'
import { ServerSpans } from './server-spans.ts'
import { traceSocket } from './sockets.ts'
import { traceSteps } from './steps.ts'

const name = 'fastify-apikit/telemetry'

export { TelemetryOptions }
export * from './errors.ts'

const kRegistered: unique symbol = Symbol('fastify-apikit.telemetry.registered')

const plugin: FastifyPluginAsync<TelemetryOptions> = async (app, options) => {
  const isTwice = app.hasDecorator(kRegistered)
  const parsed = parseOptions(name, TelemetryOptions, options, app)
  if (isTwice) throw new APIKIT_ERR_TELEMETRY('it is registered already, in this scope or above. Register it once.')
  app.decorate(kRegistered, true)
  register(app, 'telemetry')
  const api = loadApi()
  const providers = providersOf(app, api, parsed)
  // Without them the app is as without the plugin: no hook, and nothing around its handlers.
  if (providers.tracers === undefined && providers.meters === undefined) {
    app.log.debug('no provider of OpenTelemetry is registered, so nothing is recorded')
    return
  }
  const spans = new ServerSpans(api, providers, parsed)
  spans.install(app)
  const { tracer } = spans
  if (tracer === undefined) return
  if (!app.hasRequestDecorator(kMeasures)) app.decorateRequest(kMeasures, null)
  contribute(app, 'telemetry', plan => {
    traceSteps(api, plan)
    traceSocket(api, tracer, plan)
  })
  traceStatements(app, api, tracer, traceJobs(app, api, tracer))
}

/**
 * Records spans and metrics of OpenTelemetry, if providers are registered: server spans, their dependencies, statements and
 * background functions, jobs, and the metrics of an HTTP server. Register it first.
 *
 * @param options `autoConfigure: true` exports by OTLP to where the environment says.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid
 * @throws APIKIT_ERR_TELEMETRY when it is registered twice
 * @throws APIKIT_ERR_MISSING_PEER when `@opentelemetry/api`, or `@opentelemetry/sdk-node` for `autoConfigure`, is not installed
 * @see https://opentelemetry.io/docs/languages/js/
 * @example
 * ```ts
 * await app.register(telemetry, { autoConfigure: true })
 * ```
 */
export const telemetry = fp(plugin, { name, fastify: '5.x || 6.x' })
export default telemetry
