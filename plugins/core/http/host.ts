/**
 * Reads the `Host` of a request strictly, since it is used in URLs that are sent back.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-7.2
 */

import { isIPv6 } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { prefixOf } from './root-path.ts'

export interface Host {
  /** Host name as sent. IPv6 addresses keep their brackets. */
  readonly hostname: string
  /** Port as digits, or empty. */
  readonly port: string
}

// No user, path or blank: `good.example:80@bad.example` must not pass for good.example. Other scripts come as punycode.
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(\d+))?$/

/** Parses a host. Returns `undefined` for an invalid or missing one. */
export function readHost (text: string | undefined): Host | undefined {
  const [, hostname, port = ''] = HOST.exec(text ?? '') ?? []
  if (hostname === undefined || (hostname.startsWith('[') && !isIPv6(hostname.slice(1, -1)))) return undefined
  return { hostname, port }
}

/**
 * Returns the host of a request. Behind a trusted proxy (`trustProxy`), that is `X-Forwarded-Host`.
 *
 * @returns `undefined` if it is missing, invalid or sent twice (RFC 9112 §3.2)
 */
export function hostOf (request: FastifyRequest): Host | undefined {
  return hasTwoHosts(request.raw.rawHeaders) ? undefined : readHost(request.host)
}

const MAX_PORT = 65_535

/** Default ports, which URLs omit. */
const USUAL_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }

/**
 * Returns host and port for a URL that is sent back: those of the request, or of this server if the request has none, as
 * in Starlette since 1.10.
 */
export function authorityOf (request: FastifyRequest): string {
  const host = hostOf(request)
  if (host !== undefined && Number(host.port) <= MAX_PORT) return request.host
  // Without a socket there is no address, as in `inject`.
  const { localAddress = 'localhost', localPort = 0 } = request.socket
  const address = localAddress.replace(/^::ffff:(?=\d+\.)/, '')
  const isUsual = localPort === 0 || localPort === USUAL_PORTS[request.protocol]
  return `${address.includes(':') ? `[${address}]` : address}${isUsual ? '' : `:${localPort}`}`
}

/** Returns whether `Host` was sent twice. Node keeps only the first. */
function hasTwoHosts (rawHeaders: readonly string[]): boolean {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    if (name.length === 4 && name.toLowerCase() === 'host') count++
  }
  return count > 1
}

// What may stand in a path or query, and the % of what is encoded already (RFC 3986 §3.3, §3.4).
const ELSEWHERE = /[^\w\-.~:/%#?=@[\]!$&'()*+,;]/gu

/** Removes the origin of a request target such as `GET http://example.com/path`. Its host is not used. */
export function withoutOrigin (url: string): string {
  return url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '')
}

/** Returns the path and query of a request as the client sees them, to append to an origin. */
export function targetOf (request: FastifyRequest): string {
  const target = withoutOrigin(request.originalUrl)
  const path = (target.startsWith('/') ? target : `/${target}`).replaceAll(ELSEWHERE, char => encodeURIComponent(char.toWellFormed()))
  const prefix = prefixOf(request)
  // Fastify's `rewriteUrl` may have removed it, not the proxy.
  return request.originalUrl !== request.raw.url && path.startsWith(`${prefix}/`) ? path : prefix + path
}

/** Returns whether an app accepts a host. Set by `trusted-host`, used wherever a host is put into a URL. */
export type IsTrusted = (host: Host) => boolean

const kIsTrusted: unique symbol = Symbol('fastify-apikit.trusted-host')

type Trusting = FastifyInstance & { [kIsTrusted]?: IsTrusted }

/** Returns the check of the nearest scope that has a list. */
export function trustOf (app: FastifyInstance): IsTrusted | undefined {
  return (app as Trusting)[kIsTrusted]
}

/** Sets the check for this scope and the scopes below, including existing ones. */
export function setTrust (app: FastifyInstance, isTrusted: IsTrusted): void {
  const above = trustOf(app)
  const trusting: Trusting = app
  trusting[kIsTrusted] = above === undefined ? isTrusted : host => above(host) && isTrusted(host)
}

export function refuseHost (reply: FastifyReply): void {
  reply.code(400).type('text/plain; charset=utf-8').send('Invalid host header')
}
