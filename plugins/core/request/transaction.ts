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

const transactions = new WeakMap<FastifyRequest, RequestTransaction>()

/** It is the request's until it is taken away again: before the response leaves. */
export function keepTransaction (request: FastifyRequest, transaction: RequestTransaction): void {
  transactions.set(request, transaction)
}

export function dropTransaction (request: FastifyRequest): void {
  transactions.delete(request)
}

/** `undefined` for a request without one. */
export function transactionOf (request: FastifyRequest): RequestTransaction | undefined {
  return transactions.get(request)
}
