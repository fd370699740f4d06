/**
 * Sends redirects.
 *
 * @module
 */

import type { FastifyReply } from 'fastify'

// Characters that stay unescaped: Starlette's `quote(url, safe=":/%#?=@[]!$&'()*+,;")`.
const UNSAFE = /[^A-Za-z0-9_.\-~:/%#?=@[\]!$&'()*+,;]+/g

/** Percent-encodes characters that a URL cannot have, in UTF-8. A `%` stays as it is. */
export function quoteLocation (url: string | URL): string {
  return String(url).toWellFormed().replace(UNSAFE, encodeURIComponent)
}

/**
 * Sends a redirect from any handler, hook or error handler.
 *
 * ```ts
 * return sendRedirect(reply, '/login', 303)
 * ```
 *
 * @param status 307 keeps the method and body of the request, 303 changes it to a GET. Default: 307.
 * @see https://fastapi.tiangolo.com/advanced/custom-response/#redirectresponse
 */
export function sendRedirect (reply: FastifyReply, url: string | URL, status = 307): FastifyReply {
  return reply.code(status).header('location', quoteLocation(url)).send()
}
