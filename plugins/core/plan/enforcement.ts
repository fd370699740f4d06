/**
 * Finds declarations of routes that no plugin enforces, because it is missing, registered too late, or registered in
 * another scope.
 *
 * @module
 */

import type { FastifyInstance, RouteOptions } from 'fastify'
import type { Registration } from '../registry.ts'
import { isWithin } from '../scope.ts'
import { isClaimed } from './claims.ts'
import type { DeclaredRoute } from './declared-routes.ts'
import { misplacedDependencies, OWNERS } from './owners.ts'

export interface Unenforced {
  readonly route: RouteOptions
  readonly problem: string
}

export function * unenforced (routes: readonly DeclaredRoute[], registered: readonly Registration[]): Iterable<Unenforced> {
  const present = new Set(registered.map(({ plugin }) => plugin))
  for (const { scope, route } of routes) {
    for (const { what, plugin, isUsed, isOurs } of OWNERS) {
      // In an app without the plugin, a key such as config.public may be the app's own.
      if (isClaimed(route, plugin) || !(present.has(plugin) ? isUsed : isOurs)(route, scope)) continue
      yield { route, problem: `${what} needs fastify-apikit/${plugin}, ${whyNot(scope, plugin, registered)}` }
    }
    for (const where of misplacedDependencies(route)) yield { route, problem: `${where} has a dependency, but only config.depends is read. Move it there.` }
  }
}

function whyNot (scope: FastifyInstance, plugin: string, registered: readonly Registration[]): string {
  const places = registered.filter(one => one.plugin === plugin)
  const [place] = places
  if (place === undefined) return 'which is not registered. Register it before this route, in this scope or above.'
  if (places.some(one => isWithin(scope, one.scope))) return 'which is registered after this route. Register it before this route.'
  const below = isWithin(place.scope, scope) ? 'a scope below' : 'another scope'
  return `which is registered in ${below} (prefix "${place.scope.prefix}"). Register it in this scope or above, before this route.`
}
