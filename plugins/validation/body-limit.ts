/**
 * How much of a body is received, whoever reads it and whatever is made of it on the way.
 *
 * @module
 * @see https://starlette.dev/applications/
 */

import { errorCodes, type FastifyReply, type FastifyRequest } from 'fastify'
import type { RoutePlan } from '../core/plan/route-plan.ts'

/** Methods without a body. */
const BODILESS = new Set(['GET', 'HEAD', 'TRACE'])

const isBodiless = ({ route }: RoutePlan): boolean => [route.method].flat().every(method => BODILESS.has(method.toUpperCase()))

/**
 * Limits the bodies of a route: by `config.maxBodySize`, else by its `bodyLimit`, else by what its scope says.
 *
 * @param ofScope bytes
 */
export function limitBody (plan: RoutePlan, ofScope: number | undefined): void {
  const { route, slots } = plan
  const own: unknown = route.config?.maxBodySize
  const problem = own === undefined ? undefined : problemOf(own, plan)
  if (problem !== undefined) {
    plan.atReady.push(refuse => { refuse(`config.maxBodySize ${problem}`) })
    return
  }
  const limit = own === undefined ? ofScope && (route.bodyLimit ?? ofScope) : own as number
  if (limit === undefined || isBodiless(plan)) return
  // Fastify reads bodies by its own limit, and so does forms: of what a preParsing hook has made of them.
  route.bodyLimit = limit
  slots.limit = (request, reply) => { watch(request, reply, limit) }
}

function problemOf (own: unknown, plan: RoutePlan): string | undefined {
  if (!Number.isSafeInteger(own) || Number(own) < 1) return `must be a number of bytes ≥ 1, got ${JSON.stringify(own)}`
  if (isBodiless(plan)) return `cannot be enforced: ${String(plan.route.method)} requests have no body. Remove it`
  if (plan.route.bodyLimit !== undefined) return 'and bodyLimit are two limits for one body. Remove one of them'
  const total = Object(plan.route.config?.forms).total
  return total > Number(own) ? `is less than config.forms.total (${total}), which could not be reached. Raise it, or lower config.forms.total` : undefined
}

/** Counts the bytes of a request from when it is first read: a listener of ours alone would begin to read it. */
function watch ({ raw, headers }: FastifyRequest, reply: FastifyReply, limit: number): void {
  const announced = Number(headers['content-length'])
  // The parser of HTTP takes no more than was announced.
  if (announced <= limit) return
  let received = 0
  const refuse = (): void => {
    raw.off('data', count)
    raw.unpipe()
    raw.pause()
    if (reply.sent) return
    // The rest of the body is not read, so that the connection is of no more use; of HTTP/2 it is the stream.
    if (raw.httpVersionMajor === 1) reply.header('connection', 'close')
    reply.send(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE())
  }
  const count = (chunk: Buffer): void => {
    received += chunk.length
    if (received > limit) refuse()
  }
  const begin = (): void => {
    raw.off('newListener', listen).off('resume', begin)
    if (announced > limit) process.nextTick(refuse)
    else raw.on('data', count)
  }
  const listen = (event: string | symbol): void => {
    if (event === 'data' || event === 'readable') begin()
  }
  raw.on('newListener', listen).on('resume', begin)
}
