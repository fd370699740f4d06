/**
 * Which plugins serve a route: what they give meaning to holds there.
 *
 * @module
 */

import type { RouteOptions } from 'fastify'

const claims = new WeakMap<RouteOptions, Set<string>>()

/** Says that a plugin enforces its keys and schemas for a route. */
export function claim (route: RouteOptions, plugin: string): void {
  const known = claims.get(route)
  if (known === undefined) claims.set(route, new Set([plugin]))
  else known.add(plugin)
}

/** Removes the claims of a route. They are only needed until the app is ready. */
export function forgetClaims (route: RouteOptions): void {
  claims.delete(route)
}

export function isClaimed (route: RouteOptions, plugin: string): boolean {
  return claims.get(route)?.has(plugin) === true
}
