/**
 * The routes `/live` and `/ready`.
 *
 * @module
 */

import type { FastifyContextConfig, FastifyPluginAsync, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { kOutside, kProbe, kPublic, markedBy } from '../core/http/own-routes.ts'
import type { Health, HealthReport } from './health.ts'
import type { Details } from './options.ts'

export interface HealthRoutesOptions {
  /** URL above `/live` and `/ready`. Default: `/health`. */
  readonly url?: string
  /** Show the result of each check. Default: `false`. */
  readonly details?: Details
}

/** Whoever asks whether the app lives is not to be turned away: by no guard of ours, no limit, no pressure. */
const CONFIG = { ...markedBy(kOutside, kProbe, kPublic), rateLimit: false, pressureHandler: () => {} } as FastifyContextConfig

/**
 * Returns a plugin with the routes, for a server on another port.
 *
 * @param health `app.health` of the app that is asked about.
 * @example
 * ```ts
 * const probes = Fastify()
 * await probes.register(healthRoutes(app.health, { details: true }))
 * await probes.listen({ host: '0.0.0.0', port: 9000 })
 * ```
 */
export function healthRoutes (health: Pick<Health, 'ready'>, { url = '/health', details = false }: HealthRoutesOptions = {}): FastifyPluginAsync {
  const isShown = (request: FastifyRequest): boolean | Promise<boolean> => typeof details === 'function' ? details(request) : details
  return async app => {
    const at = url.replace(/\/$/, '')
    // Probes come every few seconds: their requests are not logged.
    const route = { method: ['GET', 'HEAD'] as HTTPMethods[], schema: { hide: true }, config: CONFIG, logLevel: 'warn' } as const
    app.route({ ...route, url: `${at}/live`, handler: async (_request, reply) => answer(reply, { status: 'ok' }) })
    app.route({
      ...route,
      url: `${at}/ready`,
      handler: async (request, reply) => {
        const { status, checks } = await health.ready()
        return answer(reply, { status, ...await isShown(request) && { checks } })
      }
    })
  }
}

function answer (reply: FastifyReply, report: Partial<HealthReport>): FastifyReply {
  const text = JSON.stringify(report)
  return reply.code(report.status === 'ok' ? 200 : 503).header('cache-control', 'no-store').type('application/json; charset=utf-8').send(text)
}
