/**
 * What was registered where: for `explain`, for messages about what is missing, and for the door, which asks whether a
 * plugin is there already.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { rootOf } from './scope.ts'

/** A plugin in a scope, or what a scope says of itself by `app.depends`, `app.inherit` and `app.guard`. */
export interface Registration {
  readonly scope: FastifyInstance
  /** `docs`, or `app.guard`. */
  readonly plugin: string
  /** As they were given, without those that are the defaults. */
  readonly options: object
}

const byRoot = new WeakMap<FastifyInstance, Registration[]>()

/** Notes a registration. Without options it is one that may have been noted with them. */
export function register (scope: FastifyInstance, plugin: string, options?: object): void {
  const root = rootOf(scope)
  const known = byRoot.get(root) ?? []
  byRoot.set(root, known)
  if (options !== undefined || !known.some(one => one.scope === scope && one.plugin === plugin)) known.push({ scope, plugin, options: options ?? {} })
}

/** Returns all registrations of the app that a scope belongs to, in their order. */
export function registrations (app: FastifyInstance): readonly Registration[] {
  return byRoot.get(rootOf(app)) ?? []
}
