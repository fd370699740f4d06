/**
 * Keeps the path prefix that a proxy removes, for URLs that are sent back.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { APIKIT_ERR_INVALID_OPTIONS } from '../errors.ts'

/** Options of the plugins that send such URLs. */
export const rootPathOptions = {
  rootPath: Type.String({
    default: '',
    pattern: '^(/.*[^/])?$',
    description: 'Path prefix that a proxy removes. It is added to the paths of URLs that are sent: servers and pages of the document, redirects, links.'
  }),
  forwardedPrefix: Type.Boolean({
    default: false,
    description: 'Read the prefix from `X-Forwarded-Prefix`, if the request comes from a proxy that Fastify’s `trustProxy` trusts. Otherwise `rootPath` is used.'
  })
}

type RootPathOptions = Readonly<Record<'rootPath', Static<typeof rootPathOptions.rootPath>> & Record<'forwardedPrefix', boolean>>

interface RootPath {
  path: string
  isForwarded: boolean
  /** Whether the log has been told that `trustProxy` is off. */
  hasWarned: boolean
}

const kRootPath: unique symbol = Symbol('fastify-apikit.root-path')

type Rooted = FastifyInstance & { [kRootPath]?: RootPath }

/** Returns the `rootPath` of the nearest scope that has set one, or an empty string. */
export function rootPathOf (app: FastifyInstance): string {
  return (app as Rooted)[kRootPath]?.path ?? ''
}

/**
 * Sets the prefix for a scope and the scopes below.
 *
 * @param owner Plugin whose options they are.
 * @throws APIKIT_ERR_INVALID_OPTIONS when another plugin of the same scope has set another `rootPath`.
 */
export function setRootPath (app: FastifyInstance, owner: string, { rootPath, forwardedPrefix }: RootPathOptions): void {
  if (rootPath === '' && !forwardedPrefix) return
  const rooted: Rooted = app
  const isForwarded = forwardedPrefix || rooted[kRootPath]?.isForwarded === true
  const own = Object.hasOwn(app, kRootPath) ? rootPathOf(app) : ''
  if (own !== '' && rootPath !== '' && own !== rootPath) {
    throw new APIKIT_ERR_INVALID_OPTIONS(owner, `options/rootPath: '${rootPath}' differs from '${own}' of another plugin in this scope. Set it once`)
  }
  rooted[kRootPath] = { path: rootPath || rootPathOf(app), isForwarded, hasWarned: false }
}

/** Returns the prefix of a request: that of its proxy, or the `rootPath` of its scope. */
export function prefixOf (request: FastifyRequest): string {
  const root = (request.server as Rooted)[kRootPath]
  if (root === undefined) return ''
  return (root.isForwarded ? forwardedPrefix(request, root) : undefined) ?? root.path
}

// Characters of a path (RFC 3986 §3.3), without the comma that separates several prefixes. Each segment has one at least.
const PREFIX = /^(?:\/(?:[\w\-.~!$&'()*+;=:@]|%[\dA-F]{2})+)+$/i
// Browsers resolve them.
const DOTS = /\/(?:\.|%2e){1,2}(?=\/|$)/i
const MAX_LENGTH = 256

/** Returns the last of several, as Fastify does with other headers of proxies. The first ones may be of the client. */
function forwardedPrefix (request: FastifyRequest, root: RootPath): string | undefined {
  const sent = request.headers['x-forwarded-prefix']
  if (sent === undefined || !isOfProxy(request, root)) return undefined
  const last = String(sent).split(',').at(-1) as string
  const prefix = last.trim().replace(/\/$/, '')
  if (prefix === '') return last.trim() === '/' ? '' : undefined
  return prefix.length <= MAX_LENGTH && PREFIX.test(prefix) && !DOTS.test(prefix) ? prefix : undefined
}

/** Fastify lists an address of `X-Forwarded-For` beside that of the socket only if it trusts the latter. */
function isOfProxy ({ ips, log }: FastifyRequest, root: RootPath): boolean {
  if (ips === undefined && !root.hasWarned) {
    root.hasWarned = true
    log.warn('X-Forwarded-Prefix is ignored, because Fastify trusts no proxy. Set its option trustProxy, or remove forwardedPrefix')
  }
  return ips !== undefined && ips.length > 1
}
