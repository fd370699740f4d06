/**
 * Headers that a handler or a dependency sets do not leave with an error: as in FastAPI, the answer of an error is a
 * response of its own. Headers of hooks (CORS, helmet) stay.
 *
 * @module
 */

import type { FastifyReply } from 'fastify'

type Headers = ReturnType<FastifyReply['getHeaders']>

/** What the headers were before and after something ran; without `after` it is the handler, which runs last. */
interface Span {
  readonly before: Headers
  readonly after?: Headers
}

const kSpans: unique symbol = Symbol('fastify-apikit.reply-headers')

// Not decorated: Fastify would write it on every reply.
type Watched = FastifyReply & { [kSpans]?: Span[] }

export function headersOf (reply: FastifyReply): Headers {
  const headers = reply.getHeaders()
  // Fastify adds cookies to the same array.
  const cookies = headers['set-cookie']
  if (Array.isArray(cookies)) headers['set-cookie'] = [...cookies]
  return headers
}

/** Notes what was run; what was set meanwhile is taken back by `restoreHeaders`. */
export function noteSpan (reply: Watched, span: Span): void {
  const spans = reply[kSpans]
  if (spans === undefined) reply[kSpans] = [span]
  else spans.push(span)
}

/** Takes back what was set by what ran, unless a hook has set it anew. */
export function restoreHeaders (reply: Watched): void {
  const spans = reply[kSpans]
  if (spans === undefined || reply.raw.headersSent) return
  delete reply[kSpans]
  for (const { before, after } of spans.reverse()) {
    const now = headersOf(reply)
    for (const [name, value] of Object.entries(after ?? now)) {
      if (isSame(value, before[name]) || !isSame(value, now[name])) continue
      reply.removeHeader(name)
      reply.raw.removeHeader(name)
      if (before[name] !== undefined) reply.header(name, before[name])
    }
  }
}

function isSame (one: unknown, other: unknown): boolean {
  return one === other || (Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((item, index) => item === other[index]))
}
