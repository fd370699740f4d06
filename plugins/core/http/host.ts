/**
 * What the `Host` of a request says, read strictly: it goes into URLs that are sent back.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-7.2
 */

import { isIPv6 } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

export interface Host {
  /** As it was sent; an IPv6 address in its brackets. */
  readonly hostname: string
  /** Digits; empty for none. */
  readonly port: string
}

// No user, path or blank: `good.example:80@bad.example` must not pass for good.example. Other scripts come as punycode.
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(\d+))?$/

/** @returns `undefined` for what is no host, and for none at all */
export function readHost (text: string | undefined): Host | undefined {
  const [, hostname, port = ''] = HOST.exec(text ?? '') ?? []
  if (hostname === undefined || (hostname.startsWith('[') && !isIPv6(hostname.slice(1, -1)))) return undefined
  return { hostname, port }
}

/**
 * The host a request is for; behind a trusted proxy (`trustProxy`) what `X-Forwarded-Host` says.
 *
 * @returns `undefined` for none, for what is none, and for two of them (RFC 9112 §3.2)
 */
export function hostOf (request: FastifyRequest): Host | undefined {
  return hasTwoHosts(request.raw.rawHeaders) ? undefined : readHost(request.host)
}

const MAX_PORT = 65_535

/** Those that a scheme does without in a URL. */
const USUAL_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }

/**
 * Host and port for a URL that is sent back: of the request, or of this server where the request names none, as
 * Starlette has it since 1.10.
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

/** Node itself keeps the first and forgets the second. */
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

/** Some clients name the whole URL, `GET http://example.com/path`; its host is not asked. */
export function withoutOrigin (url: string): string {
  return url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '')
}

/** The path and query that the client asked for, to be put behind an origin. */
export function targetOf ({ originalUrl }: FastifyRequest): string {
  const target = withoutOrigin(originalUrl)
  return (target.startsWith('/') ? target : `/${target}`).replaceAll(ELSEWHERE, char => encodeURIComponent(char.toWellFormed()))
}

/** Whether an app answers to a host: set by `trusted-host`, and asked by whoever puts a host into a URL. */
export type IsTrusted = (host: Host) => boolean

const kIsTrusted: unique symbol = Symbol('fastify-apikit.trusted-host')

type Trusting = FastifyInstance & { [kIsTrusted]?: IsTrusted }

/** Of the nearest scope that has a list. */
export function trustOf (app: FastifyInstance): IsTrusted | undefined {
  return (app as Trusting)[kIsTrusted]
}

/** For this scope and all below, those included that exist already. */
export function setTrust (app: FastifyInstance, isTrusted: IsTrusted): void {
  const above = trustOf(app)
  const trusting: Trusting = app
  trusting[kIsTrusted] = above === undefined ? isTrusted : host => above(host) && isTrusted(host)
}

export function refuseHost (reply: FastifyReply): void {
  reply.code(400).type('text/plain; charset=utf-8').send('Invalid host header')
}
