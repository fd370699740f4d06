/**
 * Limits the size of request bodies, independently of the parser that reads them.
 *
 * @module
 * @see https://starlette.dev/applications/
 */

import { errorCodes, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { RoutePlan } from '../core/plan/route-plan.ts'

const kLimit: unique symbol = Symbol('fastify-apikit.validation.body-limit')

type Limited = FastifyInstance & { [kLimit]?: number }

/** Fastify's `bodyLimit` must be at least 1. */
const LEAST = 1

/**
 * Limits the bodies of a scope, of the scopes below without a limit of their own, and of unknown paths.
 *
 * @param limit bytes
 */
export function limitScope (app: FastifyInstance, limit: number): void {
  const limited: Limited = app
  limited[kLimit] = limit
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404 || isWithin(request, reply, limit)) done()
  })
}

/** Limits the bodies of a route by `config.maxBodySize`, its `bodyLimit`, or the nearest scope's limit, in this order. */
export function limitBody (plan: RoutePlan): void {
  const { route, slots, app } = plan
  const own: unknown = route.config?.maxBodySize ?? undefined
  const problem = own === undefined ? undefined : problemOf(own, plan)
  if (problem !== undefined) {
    plan.atReady.push(refuse => { refuse(`config.maxBodySize ${problem}`) })
    return
  }
  const ofScope = (app as Limited)[kLimit]
  const limit = own === undefined ? ofScope && (route.bodyLimit ?? ofScope) : own as number
  if (limit === undefined) return
  // Fastify reads bodies by its own limit, and so does forms: of what a preParsing hook has made of them.
  route.bodyLimit = Math.max(LEAST, limit)
  slots.limit = (request, reply) => isWithin(request, reply, limit)
}

function problemOf (own: unknown, { route }: RoutePlan): string | undefined {
  if (!Number.isSafeInteger(own) || Number(own) < 0) return `must be a number of bytes ≥ 0, got ${JSON.stringify(own)}`
  if (route.bodyLimit !== undefined) return 'and bodyLimit are both set. Remove one of them'
  const total = Object(route.config?.forms).total
  return total > Number(own) ? `must be ≥ config.forms.total (${total}), got ${String(own)}. Raise it, or lower config.forms.total` : undefined
}

/** Rejects a body whose `content-length` is too large, and counts one of unknown length. Returns whether to continue. */
function isWithin (request: FastifyRequest, reply: FastifyReply, limit: number): boolean {
  const { raw, headers: { 'content-length': length, 'transfer-encoding': encoding } } = request
  // The parser of HTTP takes no more than was announced.
  if (Number(length) > limit) {
    close(request, reply)
    reply.code(413).type('text/plain; charset=utf-8').send('Content Too Large')
    return false
  }
  if (length === undefined && (encoding !== undefined || raw.httpVersionMajor !== 1)) watch(request, reply, limit)
  return true
}

/** Closes the connection, since the unread body blocks it. HTTP/2 closes the stream instead. */
function close ({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.httpVersionMajor === 1) reply.header('connection', 'close')
}

/** Counts the bytes once somebody reads the request. Listening earlier would start the stream. */
function watch (request: FastifyRequest, reply: FastifyReply, limit: number): void {
  const { raw } = request
  let received = 0
  const count = (chunk: Buffer): void => {
    received += chunk.length
    if (received <= limit) return
    raw.off('data', count)
    raw.unpipe()
    raw.pause()
    if (reply.sent) return
    close(request, reply)
    reply.send(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE())
  }
  const begin = (): void => {
    raw.off('newListener', listen).off('resume', begin)
    raw.on('data', count)
  }
  const listen = (event: string | symbol): void => {
    if (event === 'data' || event === 'readable') begin()
  }
  raw.on('newListener', listen).on('resume', begin)
}
