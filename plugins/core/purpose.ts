/**
 * What a server was made for, when that is not to answer requests: said by the command line before it registers the app.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { rootOf } from './scope.ts'

/**
 * - `describe`: its routes or its document are read. Nothing is connected to, migrated or worked on.
 * - `work`: it runs tasks, whatever the options of the app say.
 */
export type Purpose = 'describe' | 'work'

const purposes = new WeakMap<FastifyInstance, Purpose>()

/** Declares the purpose of a server, before the app is registered. */
export function declarePurpose (server: FastifyInstance, purpose: Purpose): void {
  purposes.set(server, purpose)
}

/** Returns the purpose of the server that a scope belongs to, if it was declared. */
export function purposeOf (scope: FastifyInstance): Purpose | undefined {
  return purposes.get(rootOf(scope))
}
