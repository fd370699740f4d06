/**
 * How much of a body is received, whoever reads it and whatever is made of it on the way.
 *
 * @module
 * @see https://starlette.dev/applications/
 */

import { errorCodes, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { RoutePlan } from '../core/plan/route-plan.ts'

const kLimit: unique symbol = Symbol('fastify-apikit.validation.body-limit')

type Limited = FastifyInstance & { [kLimit]?: number }

/** What Fastify takes for no bytes at all is one. */
const LEAST = 1

/**
 * Limits the bodies of a scope and all below that say nothing else, and those that are sent to paths without a route.
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

/** Limits the bodies of a route: by `config.maxBodySize`, else by its `bodyLimit`, else by what the nearest scope says. */
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
  if (route.bodyLimit !== undefined) return 'and bodyLimit are two limits for one body. Remove one of them'
  const total = Object(route.config?.forms).total
  return total > Number(own) ? `is less than config.forms.total (${total}), which could not be reached. Raise it, or lower config.forms.total` : undefined
}

/** Refuses a body that is announced to be larger, and watches one whose size is not known. Returns whether to go on. */
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

/** The body is not read, so that the connection is of no more use; of HTTP/2 it is the stream. */
function close ({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.httpVersionMajor === 1) reply.header('connection', 'close')
}

/** Counts the bytes of a request from when it is first read: a listener of ours alone would begin to read it. */
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
