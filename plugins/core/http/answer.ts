/**
 * Lets an error describe its response, so that the plugin that throws
 * and the plugin that answers need not know each other.
 *
 * @module
 */

import type { FastifyReply } from 'fastify'

/** Response to an error. */
export interface Answer {
  readonly status: number
  /** Body of the response. `undefined` sends none (204, 304). */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Content type. Default: `application/json`. */
  readonly contentType?: string | undefined
}

export const kAnswer: unique symbol = Symbol.for('fastify-apikit.answer')

/** Error that describes its response: `HttpError`, `RequestValidationError`. */
export interface Answering {
  [kAnswer] (): Answer
}

/** Replies to errors that bypassed Fastify's `onError` hook. */
const refused = new WeakSet<FastifyReply>()

/** Returns whether `sendAnswer` has sent the response. */
export function isRefused (reply: FastifyReply): boolean {
  return refused.has(reply)
}

/** Sends the response of an error where no error handler is set. Failures are logged, as by Fastify's own handler. */
export function sendAnswer (error: Answering, reply: FastifyReply): FastifyReply {
  refused.add(reply)
  const { status, body, headers = {}, contentType = 'application/json' } = error[kAnswer]()
  reply.code(status).headers(headers)
  if (status >= 500) reply.log.error({ req: reply.request, res: reply, err: error }, Object(error).message)
  // With a serializer of its own: else Fastify adds a charset to the type of JSON, and FastAPI's clients know none.
  return body === undefined ? reply.send() : reply.type(contentType).serializer(String).send(JSON.stringify(body))
}

export function isAnswering (error: unknown): error is Answering {
  return typeof error === 'object' && error !== null && kAnswer in error
}

/** Errors, and classes of them, whose messages are for the log. */
const hidden = new WeakSet<object>()

/** Keeps the message of an error, or of all of a class, from clients, also where Fastify's own handler answers it, which sends messages. */
export function hideMessage<E> (error: E): E {
  if (Object(error) === error) hidden.add(error as object)
  return error
}

/** Returns what Fastify's own handler may send of an error: itself, or a 500 that has it as its cause, for the log. */
export function presentable (error: unknown): unknown {
  if (!hidden.has(Object(error)) && !hidden.has(Object(Object(error).constructor))) return error
  return Object.assign(new Error('Internal Server Error', { cause: error }), { statusCode: 500 })
}
