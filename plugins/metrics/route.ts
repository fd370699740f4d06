/**
 * The route that a scraper reads. It tells which routes an app has, how busy it is and what fails: not for strangers.
 *
 * @module
 */

import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { kOutside, kPublic, markedBy } from '../core/http/own-routes.ts'
import { checkRoutes, planFor, register } from '../core/plan/conductor.ts'
import { type Dependency, dependency } from '../dependencies/index.ts'
import { Unauthorized } from '../errors/index.ts'
import { challenge, httpBearer } from '../security/index.ts'
import type { AppMetrics } from './app-metrics.ts'
import type { ParsedOptions } from './options.ts'

const kMetrics: unique symbol = Symbol('fastify-apikit.metrics')

const OPEN = 'would show the metrics to anybody. Set "token" of fastify-apikit/metrics, or "depends" with a security scheme, or "public: true" if strangers cannot reach the route.'

export function serveMetrics (app: FastifyInstance, metrics: AppMetrics, path: string, { token, depends, public: isPublic }: ParsedOptions): void {
  const guard = token === undefined ? depends : { scraper: scraperWith(token) }
  // As for the pages of the document, what the scopes hand down does not hold: scrapers have credentials of their own.
  app.get(path, {
    schema: { hide: true },
    config: { ...markedBy(kMetrics, kOutside, ...isPublic ? [kPublic] : []), ...guard !== undefined && { depends: guard } }
  }, async (_request, reply) => {
    const text = await metrics.read()
    return reply.header('cache-control', 'no-store').type(metrics.contentType).send(text)
  })
  register(app, 'metrics')
  checkRoutes(app, ({ scope, route }, refuse) => {
    if (isPublic || route.config === undefined || !(kMetrics in route.config)) return
    if ((planFor(scope, route)?.security.length ?? 0) === 0) refuse(OPEN)
  })
}

/** Digests are of one length, so that the comparison takes the same time for all tokens. */
function scraperWith (token: string): Dependency<void> {
  const expected = digestOf(token)
  return dependency({ name: 'scraper', needs: { auth: httpBearer() } }, ({ auth }) => {
    if (!timingSafeEqual(digestOf(auth.credentials), expected)) throw new Unauthorized('Could not validate credentials', challenge())
  })
}

function digestOf (text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
