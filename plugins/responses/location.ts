/**
 * Redirects.
 *
 * @module
 */

import type { FastifyReply } from 'fastify'

// What may stand in a URL unescaped: Starlette's `quote(url, safe=":/%#?=@[]!$&'()*+,;")`.
const UNSAFE = /[^A-Za-z0-9_.\-~:/%#?=@[\]!$&'()*+,;]+/g

/** A URL as it is sent: what no URL holds is percent-encoded, in UTF-8; a `%` stays what it is. */
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
 * @param status 307 keeps method and body of the request, 303 makes a GET of it
 * @see https://fastapi.tiangolo.com/advanced/custom-response/#redirectresponse
 */
export function sendRedirect (reply: FastifyReply, url: string | URL, status = 307): FastifyReply {
  return reply.code(status).header('location', quoteLocation(url)).send()
}
