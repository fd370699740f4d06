/**
 * How an error says what its answer on the wire is, so that the plugin that throws
 * and the plugin that answers need not know each other.
 *
 * @module
 */

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

export function isAnswering (error: unknown): error is Answering {
  return typeof error === 'object' && error !== null && kAnswer in error
}
