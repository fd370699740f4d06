/**
 * Redirects http requests to https, with method and body (307).
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/middleware/#httpsredirectmiddleware
 */

import { type Static, Type } from '@sinclair/typebox'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type Host, hostOf, readHost, refuseHost, targetOf, trustOf } from '../core/http/host.ts'
import { isProbe } from '../core/http/own-routes.ts'
import { parseOptions } from '../core/options.ts'

const name = 'fastify-apikit/https-redirect'

export const HttpsRedirectOptions = Type.Object({
  host: Type.Optional(Type.String({
    pattern: '^(\\[[0-9A-Fa-f:.]+\\]|[\\w.-]+)(:\\d+)?$',
    description: 'Host to redirect to, `example.com` or `example.com:8443`. By default the host of the request.'
  }))
}, { additionalProperties: false })

/** Options of the plugin. All have a default. */
export type HttpsRedirectOptions = Static<typeof HttpsRedirectOptions>

const plugin: FastifyPluginAsync<HttpsRedirectOptions> = async (app, options) => {
  const { host: fixed } = parseOptions(name, HttpsRedirectOptions, options, app)
  const target = readHost(fixed)

  app.addHook('onRequest', (request, reply, done) => {
    if (request.protocol === 'https' || isProbe(request.routeOptions)) return done()
    const host = target ?? allowedHost(request)
    if (host === undefined) return refuseHost(reply)
    reply.redirect(`https://${hostname(host)}${targetOf(request)}`, 307)
  })

  app.addHook('onReady', async () => {
    if (target !== undefined || trustOf(app) !== undefined) return
    app.log.warn('https-redirect redirects to any host in the request. Register trusted-host, or set the option host')
  })
}

/** Asks `trusted-host` here too, as it may be registered later. Refused hosts are not redirected. */
function allowedHost (request: FastifyRequest): Host | undefined {
  const host = hostOf(request)
  const isTrusted = trustOf(request.server)
  return host === undefined || isTrusted?.(host) === false ? undefined : host
}

/** Keeps the port, unless it is the default port of http or https. */
function hostname ({ hostname, port }: Host): string {
  return port === '' || port === '80' || port === '443' ? hostname : `${hostname}:${port}`
}

/**
 * Redirects http requests to https, with method and body (307), in this scope and below. Behind a proxy it needs Fastify's
 * option `trustProxy`.
 *
 * @param options `host`: host to redirect to. Default: the host of the request.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid.
 * @see https://fastapi.tiangolo.com/advanced/middleware/#httpsredirectmiddleware
 * @example
 * ```ts
 * await app.register(httpsRedirect, { host: 'example.com' })
 * ```
 */
export const httpsRedirect = fp(plugin, { name, fastify: '5.x || 6.x' })
export default httpsRedirect
