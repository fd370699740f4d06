/**
 * What was registered where: `explain` tells it, and the door asks whether a plugin is there already.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'

/** A plugin in a scope, or what a scope says of itself by `app.depends`, `app.inherit` and `app.guard`. */
export interface Registration {
  readonly scope: FastifyInstance
  /** `fastify-apikit/docs`, or `app.guard`. */
  readonly plugin: string
  /** As they were given. */
  readonly options: object
}

const byRoot = new WeakMap<FastifyInstance, Registration[]>()

/** Notes a registration. */
export function register (scope: FastifyInstance, plugin: string, options: object): void {
  const root = rootOf(scope)
  const known = byRoot.get(root)
  const registration = { scope, plugin, options }
  if (known === undefined) byRoot.set(root, [registration])
  else known.push(registration)
}

/** Returns all registrations of the server that a scope belongs to, in their order. */
export function registrations (app: FastifyInstance): readonly Registration[] {
  return byRoot.get(rootOf(app)) ?? []
}

/** Returns the scope above, or `undefined` for the server itself. */
export function scopeAbove (scope: FastifyInstance): FastifyInstance | undefined {
  // Fastify makes a child scope by Object.create.
  const above: object = Object.getPrototypeOf(scope)
  return 'prefix' in above ? above as FastifyInstance : undefined
}

function rootOf (scope: FastifyInstance): FastifyInstance {
  const above = scopeAbove(scope)
  return above === undefined ? scope : rootOf(above)
}
