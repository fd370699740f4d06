/**
 * Logs the errors of a request once the status of its response is known.
 *
 * @module
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Recognised } from './recognise.ts'

export class FailureLog {
  /** In the order in which they were thrown. */
  readonly #thrown: Recognised[] = []
  #written = 0

  /** Adds a thrown value, unless a handler has thrown its own error again. */
  add (recognised: Recognised): void {
    if (!this.#thrown.some(earlier => isGivenBack(recognised.thrown, earlier))) this.#thrown.push(recognised)
  }

  /** Logs pending errors: at `error` for a 5xx response, else at `info`. */
  write (request: FastifyRequest, reply: FastifyReply): void {
    for (const recognised of this.#take()) write(recognised, request, reply, reply.statusCode >= 500)
  }

  /** Logs that a response was broken off, after the errors that led to it. */
  abort (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    for (const recognised of this.#take()) if (recognised.thrown !== thrown) write(recognised, request, reply, true)
    request.log.error({ err: thrown }, 'error after the headers were sent')
  }

  #take (): Recognised[] {
    const pending = this.#thrown.slice(this.#written)
    this.#written = this.#thrown.length
    return pending
  }
}

/** Returns whether a value is an earlier error, as thrown or as wrapped for a handler. */
function isGivenBack (thrown: unknown, earlier: Recognised): boolean {
  return [earlier.thrown, ...earlier.byStatus, ...earlier.kinds().map(([, error]) => error)].includes(thrown)
}

function write ({ thrown, answer, ignored }: Recognised, request: FastifyRequest, reply: FastifyReply, isFailure: boolean): void {
  const { name, code, message } = Object(thrown)
  // Not the error itself of a refusal: it is the client's mistake, and what it holds is the client's data.
  const error = isFailure && answer.status >= 500 ? { err: thrown } : { error: { type: name, code } }
  const note = ignored === undefined ? {} : { note: `status ${ignored} of this error was not used. Throw an HttpError, or add the class to the option trust of fastify-apikit/errors` }
  if (isFailure) request.log.error({ req: request, res: reply, ...error, ...note }, message)
  else request.log.info({ res: reply, ...error, ...note }, message)
}
