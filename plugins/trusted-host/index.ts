/**
 * Answers only requests for a host on its list, so that no other gets into a link, a redirect or a cache.
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/middleware/#trustedhostmiddleware
 */

import { type Static, Type } from '@sinclair/typebox'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type Host, hostOf, type IsTrusted, refuseHost, setTrust, targetOf } from '../core/http/host.ts'
import { parseOptions } from '../core/options.ts'

const name = 'fastify-apikit/trusted-host'

export const TrustedHostOptions = Type.Object({
  allowedHosts: Type.Array(
    // A name or an address, without a port; or any name below one.
    Type.String({ pattern: '^(\\*|(\\*\\.)?[\\w.-]+|\\[[0-9A-Fa-f:.]+\\])$' }),
    { default: ['*'], description: 'Host names, in any case. `*.example.com` is any name below it, `*` is any host.' }
  ),
  wwwRedirect: Type.Boolean({
    default: true, description: 'Send who asks for `example.com` to `www.example.com`, where only that is on the list.'
  })
}, { additionalProperties: false })

/** What a caller may write: every option has a default. */
export type TrustedHostOptions = Partial<Static<typeof TrustedHostOptions>>

const plugin: FastifyPluginAsync<TrustedHostOptions> = async (app, options) => {
  const { allowedHosts, wwwRedirect } = parseOptions(name, TrustedHostOptions, options, app)
  if (allowedHosts.includes('*')) return

  const listed = new Set(allowedHosts.map(host => host.toLowerCase()))
  const isTrusted = trusting(listed)
  setTrust(app, isTrusted)

  app.addHook('onRequest', (request, reply, done) => {
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
