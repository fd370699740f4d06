/**
 * Says whether the app lives, and whether it can answer requests: for Kubernetes, load balancers and supervisors.
 *
 * @module
 * @see https://kubernetes.io/docs/concepts/workloads/pods/probes/
 */

import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { APIKIT_ERR_INVALID_OPTIONS } from '../core/errors.ts'
import { parseOptions } from '../core/options.ts'
import { whenDraining } from '../core/workers.ts'
import { APIKIT_ERR_HEALTH } from './errors.ts'
import { Health } from './health.ts'
import { HealthOptions } from './options.ts'
import { healthRoutes } from './routes.ts'

const name = 'fastify-apikit/health'

export { HealthOptions }
export * from './errors.ts'
export type { Check, CheckOptions } from '../core/health-checks.ts'
export { type Health, type HealthReport } from './health.ts'
export type { Details } from './options.ts'
export type { CheckResult } from './probe.ts'
export { healthRoutes, type HealthRoutesOptions } from './routes.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The health checks of the app. Added by `fastify-apikit/health`. */
    readonly health: Health
  }
}

const plugin: FastifyPluginAsync<HealthOptions> = async (app, options) => {
  const parsed = parseOptions(name, HealthOptions, options, app)
  const { url, details } = parsed
  if (typeof details !== 'boolean' && typeof details !== 'function') throw new APIKIT_ERR_INVALID_OPTIONS(name, 'options/details: Expected boolean or function')
  const health = new Health(app, parsed)
  if (app.hasDecorator('health')) throw new APIKIT_ERR_HEALTH('it is registered twice, or app.health belongs to another plugin. Register it once')
  app.decorate('health', health)
  if (url !== null) await app.register(healthRoutes(health, { url, details }))

  // A worker is told before it closes, so that it can still be asked.
  const forget = whenDraining(() => { health.drain() })
  app.addHook('onReady', async () => { health.begin() })
  app.addHook('preClose', async () => { health.drain() })
  app.addHook('onClose', async () => {
    forget()
    health.end()
  })
}

/**
 * Adds `GET /health/live` and `GET /health/ready`, and `app.health` for checks. The plugins `db`, `tasks` and `openid` add checks of their own.
 *
 * @param options `timeout` (default 2000), `cache` (1000) and `maxEventLoopDelay` (1000) are in milliseconds.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid.
 * @throws APIKIT_ERR_HEALTH at startup when `exclude` names an unknown check.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/probes/
 * @example
 * ```ts
 * await app.register(health, { exclude: ['openid'] })
 * app.health.check('search', signal => fetch('http://search/ping', { signal }))
 * ```
 */
export const health = fp(plugin, { name, fastify: '5.x || 6.x' })
export default health
