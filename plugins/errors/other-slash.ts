/**
 * The redirect to the path with or without a slash at its end, by Starlette's rules.
 *
 * @module
 * @see https://starlette.dev/routing/
 */

import type { FastifyRequest } from 'fastify'
import { authorityOf, withoutOrigin } from '../core/http/host.ts'
import { rootPathOf } from '../core/http/root-path.ts'
import type { RouteTable } from '../core/http/route-table.ts'

// What may stand in a path and in a query as it is.
const NOT_IN_PATH = /[^\w\-.~:/=@[\]!$&'()*+,;]/gu
const NOT_IN_QUERY = /[^\w\-.~:/%?=@[\]!$&'()*+,;]/gu

/** Returns the decoded path with the other ending, encoded again; `undefined` for `/` and for what cannot be decoded. */
function otherPath (path: string): string | undefined {
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return undefined
  }
  if (!/^\/+[^/]/.test(decoded)) return undefined
  const other = decoded.endsWith('/') ? decoded.replace(/\/+$/, '') : `${decoded}/`
  return other.replaceAll(NOT_IN_PATH, encodeURIComponent)
}

/** Returns where a request is sent to whose path has a route with the other ending only; `undefined` where there is none. */
export function otherSlash (request: FastifyRequest, table: RouteTable): string | undefined {
  const [, path = '', query = ''] = /^([^?#]*)(\?[^#]*)?/.exec(withoutOrigin(String(request.raw.url))) ?? []
  const other = otherPath(path)
  if (other === undefined || !(table.has(other, request.headers) || table.isFolder(other))) return undefined
  return `${request.protocol}://${authorityOf(request)}${rootPathOf(request.server)}${other}${query === '?' ? '' : query.replaceAll(NOT_IN_QUERY, encodeURIComponent)}`
}
