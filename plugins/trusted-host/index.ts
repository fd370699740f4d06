/**
 * Rejects requests whose `Host` is not on a list, so that a forged host does not reach links, redirects or caches.
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/middleware/#trustedhostmiddleware
 */

import { type Static, Type } from '@sinclair/typebox'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type Host, hostOf, type IsTrusted, refuseHost, setTrust, targetOf } from '../core/http/host.ts'
import { isProbe } from '../core/http/own-routes.ts'
import { parseOptions } from '../core/options.ts'

const name = 'fastify-apikit/trusted-host'

export const TrustedHostOptions = Type.Object({
  allowedHosts: Type.Array(
    // A name or an address, without a port; or any name below one.
    Type.String({ pattern: '^(\\*|(\\*\\.)?[\\w.-]+|\\[[0-9A-Fa-f:.]+\\])$' }),
    { default: ['*'], description: 'Allowed host names, in any letter case, without a port. `*.example.com` allows all subdomains, `*` allows any host.' }
  ),
  wwwRedirect: Type.Boolean({
    default: true, description: 'Redirects `example.com` to `www.example.com` (307) if only the latter is allowed.'
  })
}, { additionalProperties: false })

/** Options of the plugin. All of them have a default. */
export type TrustedHostOptions = Partial<Static<typeof TrustedHostOptions>>

const plugin: FastifyPluginAsync<TrustedHostOptions> = async (app, options) => {
  const { allowedHosts, wwwRedirect } = parseOptions(name, TrustedHostOptions, options, app)
  if (allowedHosts.includes('*')) return

  const listed = new Set(allowedHosts.map(host => host.toLowerCase()))
  const isTrusted = trusting(listed)
  setTrust(app, isTrusted)

  app.addHook('onRequest', (request, reply, done) => {
    if (isProbe(request.routeOptions)) return done()
    const host = hostOf(request)
    if (host === undefined) return refuseHost(reply)
    if (isTrusted(host)) return done()
    const www = { ...host, hostname: `www.${host.hostname}` }
    if (!wwwRedirect || !listed.has(www.hostname.toLowerCase())) return refuseHost(reply)
    reply.redirect(urlOf(request, www), 307)
  })
}

function trusting (hosts: ReadonlySet<string>): IsTrusted {
  const endings = [...hosts].filter(host => host.startsWith('*')).map(host => host.slice(1))
  return ({ hostname }) => {
    const name = hostname.toLowerCase()
    return hosts.has(name) || endings.some(ending => name.endsWith(ending))
  }
}

function urlOf (request: FastifyRequest, { hostname, port }: Host): string {
  return `${request.protocol}://${hostname}${port === '' ? '' : `:${port}`}${targetOf(request)}`
}

export const trustedHost = fp(plugin, { name, fastify: '5.x || 6.x' })
export default trustedHost
