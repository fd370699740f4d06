/**
 * What a request has failed with, written to the log once the status of its answer is known.
 *
 * @module
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Recognised } from './recognise.ts'

export class FailureLog {
  /** Not yet written, in the order in which they were thrown. */
  #pending: Recognised[] = []
  readonly #known = new Set<unknown>()

  /** Adds something thrown; an error that a handler throws again is the same one, wrapped for it or not. */
  add (recognised: Recognised): void {
    const { thrown, kinds, byStatus } = recognised
    if (!this.#known.has(thrown)) this.#pending.push(recognised)
    for (const error of [thrown, ...kinds.map(([, error]) => error), ...byStatus]) this.#known.add(error)
  }

  /** Writes what is pending: at `error` when the answer is a 5xx, else at `info`. */
  write (request: FastifyRequest, reply: FastifyReply, isFailure = reply.statusCode >= 500): void {
    for (const recognised of this.#pending.splice(0)) write(recognised, request, reply, isFailure)
  }

  /** Writes that an answer was broken off, behind all that led to it. */
  abort (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    this.#pending = this.#pending.filter(recognised => recognised.thrown !== thrown)
    this.write(request, reply, true)
    request.log.error({ err: thrown }, 'error after the headers were sent')
  }
}

function write ({ thrown, answer, ignored }: Recognised, request: FastifyRequest, reply: FastifyReply, isFailure: boolean): void {
  const { name, code, message } = Object(thrown)
  // Not the error itself of a refusal: it is the client's mistake, and what it holds is the client's data.
  const error = isFailure && answer.status >= 500 ? { err: thrown } : { error: { type: name, code } }
  const note = ignored === undefined ? {} : { note: `status ${ignored} of this error was not used; throw an HttpError, or name the class in the option trust of fastify-apikit/errors` }
  if (isFailure) request.log.error({ req: request, res: reply, ...error, ...note }, message)
  else request.log.info({ res: reply, ...error, ...note }, message)
}
