/**
 * Response headers that pages of other origins may read. Plugins that set one name it here; `fastify-apikit/cors` says so to browsers.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { rootOf, scopesFrom } from '../scope.ts'

const byRoot = new WeakMap<FastifyInstance, Array<{ readonly scope: FastifyInstance, readonly header: string }>>()

/** Names a response header of a scope and those below. */
export function exposeHeader (scope: FastifyInstance, header: string): void {
  const root = rootOf(scope)
  byRoot.set(root, [...byRoot.get(root) ?? [], { scope, header }])
}

/** Returns the headers that were named for a scope. */
export function exposedHeaders (scope: FastifyInstance): string[] {
  const above = new Set(scopesFrom(scope))
  return (byRoot.get(rootOf(scope)) ?? []).filter(one => above.has(one.scope)).map(({ header }) => header)
}
