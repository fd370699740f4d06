/**
 * Redirects to the path with or without a trailing slash, by Starlette's rules.
 *
 * @module
 * @see https://starlette.dev/routing/
 */

import type { FastifyRequest } from 'fastify'
import { authorityOf, withoutOrigin } from '../core/http/host.ts'
import { prefixOf } from '../core/http/root-path.ts'
import type { RouteTable } from '../core/http/route-table.ts'

// What may stand in a path and in a query as it is.
const NOT_IN_PATH = /[^\w\-.~:/=@[\]!$&'()*+,;]/gu
const NOT_IN_QUERY = /[^\w\-.~:/%?=@[\]!$&'()*+,;]/gu

/** Returns the path with or without the trailing slash; `undefined` for `/`. The router has decoded it before, so it can be. */
function otherPath (path: string): string | undefined {
  const decoded = decodeURIComponent(path)
  if (!/^\/+[^/]/.test(decoded)) return undefined
  const other = decoded.endsWith('/') ? decoded.replace(/\/+$/, '') : `${decoded}/`
  return other.replaceAll(NOT_IN_PATH, encodeURIComponent)
}

/** Returns the URL to redirect to, or `undefined` if the other path has no route either. */
export function otherSlash (request: FastifyRequest, table: RouteTable): string | undefined {
  const [, path, query = ''] = /^([^?#]*)(\?[^#]+)?/.exec(withoutOrigin(String(request.raw.url))) as unknown as [string, string, string?]
  const other = otherPath(path)
  if (other === undefined || !(table.has(other, request.headers) || table.isFolder(other))) return undefined
  return `${request.protocol}://${authorityOf(request)}${prefixOf(request)}${other}${query.replaceAll(NOT_IN_QUERY, encodeURIComponent)}`
}
