import type { FastifyReply } from 'fastify'
import { APIKIT_ERR_CLIENT_GONE } from '../errors.ts'

/**
 * Returns a signal that aborts when the client disconnects before its response has been sent.
 *
 * Fastify's own `request.signal` aborts as soon as the body of a request has been read:
 * https://github.com/fastify/fastify/pull/6725.
 *
 * ```ts
 * app.post('/login', async ({ body }, reply) => {
 *   const isRight = await password.verify(body.password, hash, { signal: clientSignal(reply) })
 * })
 * ```
 *
 * The reason of the abort is `APIKIT_ERR_CLIENT_GONE`: thrown in a handler, it is logged as a refusal, not as a failure.
 */
export function clientSignal (reply: FastifyReply): AbortSignal {
  const control = new AbortController()
  const { raw } = reply
  const closed = (): void => {
    if (!raw.writableEnded) control.abort(new APIKIT_ERR_CLIENT_GONE())
  }
  if (raw.destroyed) closed()
  else raw.once('close', closed)
  return control.signal
}
