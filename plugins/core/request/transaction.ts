/**
 * The transaction of a request: of whoever has a database, for whoever has rows that are to be part of it. They need not
 * know each other.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'

/** As much of a transaction as can be said without its database. */
export interface RequestTransaction {
  /** Calls something once the work is committed; never, when it is undone. It is waited for, and what it throws is logged. */
  afterCommit (call: () => unknown): void
}

const kTransaction = Symbol('fastify-apikit.transaction')

type Holder = FastifyRequest & { [kTransaction]?: RequestTransaction | undefined }

/** It is the request's until it is taken away again: before the response leaves. */
export function keepTransaction (request: FastifyRequest, transaction: RequestTransaction): void {
  const holder: Holder = request
  holder[kTransaction] = transaction
}

export function dropTransaction (request: FastifyRequest): void {
  const holder: Holder = request
  holder[kTransaction] = undefined
}

/** `undefined` for a request without one. */
export function transactionOf (request: FastifyRequest): RequestTransaction | undefined {
  const holder: Holder = request
  return holder[kTransaction]
}
