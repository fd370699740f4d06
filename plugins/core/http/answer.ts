/**
 * How an error says what its answer on the wire is, so that the plugin that throws
 * and the plugin that answers need not know each other.
 *
 * @module
 */

import type { FastifyReply } from 'fastify'

/** What is sent to the client for an error. */
export interface Answer {
  readonly status: number
  /** `undefined` sends no body at all (204, 304). */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** `application/json` unless given. */
  readonly contentType?: string | undefined
}

export const kAnswer: unique symbol = Symbol.for('fastify-apikit.answer')

/** An error that knows its answer: `HttpError`, `RequestValidationError`. */
export interface Answering {
  [kAnswer] (): Answer
}

/** Replies that an error was answered with past Fastify's `onError` hook. */
const refused = new WeakSet<FastifyReply>()

/** Whether `sendAnswer` has answered. */
export function isRefused (reply: FastifyReply): boolean {
  return refused.has(reply)
}

/** Sends the answer of an error where nobody else answers errors. */
export function sendAnswer (error: Answering, reply: FastifyReply): FastifyReply {
  refused.add(reply)
  const { status, body, headers = {}, contentType = 'application/json' } = error[kAnswer]()
  reply.code(status).headers(headers)
  // With a serializer of its own: else Fastify adds a charset to the type of JSON, and FastAPI's clients know none.
  return body === undefined ? reply.send() : reply.type(contentType).serializer(String).send(JSON.stringify(body))
}

export function isAnswering (error: unknown): error is Answering {
  return typeof error === 'object' && error !== null && kAnswer in error
}
