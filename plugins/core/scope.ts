/**
 * Scopes of Fastify: each has the scope above for its prototype.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'

export function isRoot (app: FastifyInstance): boolean {
  return !('prefix' in Object.getPrototypeOf(app))
}

export function rootOf (app: FastifyInstance): FastifyInstance {
  return isRoot(app) ? app : rootOf(Object.getPrototypeOf(app))
}

/** Whether `above` is a scope or one of the scopes above it. */
export function isWithin (scope: FastifyInstance, above: FastifyInstance): boolean {
  return scope === above || (!isRoot(scope) && isWithin(Object.getPrototypeOf(scope), above))
}

/** A scope and those above it, inner to outer. */
export function * scopesFrom (app: FastifyInstance): Iterable<FastifyInstance> {
  yield app
  if (!isRoot(app)) yield * scopesFrom(Object.getPrototypeOf(app))
}
