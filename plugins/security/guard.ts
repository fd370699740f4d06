/**
 * Closes routes by default: a route without a security scheme is an error at startup.
 *
 * @module
 */

import type { FastifyInstance, RouteOptions } from 'fastify'
import { isPublic } from '../core/http/own-routes.ts'
import { isClaimed } from '../core/plan/claims.ts'
import type { DeclaredRoute } from '../core/plan/declared-routes.ts'
import type { Refuse, RoutePlan } from '../core/plan/route-plan.ts'
import { scopesFrom } from '../core/scope.ts'
import { APIKIT_ERR_GUARD } from './errors.ts'

/** Options of `app.guard()`. */
export interface GuardOptions {
  /**
   * `deny`: each route must depend on a security scheme, or set `config: { public: true }`. `allow`: routes may be unprotected, in a
   * scope inside one that denies.
   */
  readonly default: 'allow' | 'deny'
  /**
   * Public routes that other plugins declare, such as docs and files: URLs including the prefix, each with or without a method.
   * `/docs`, `GET /items`, or `/static/*` for all below.
   */
  readonly public?: readonly string[]
}

const NOT_PROTECTED = 'is not protected, and app.guard({ default: \'deny\' }) is on. Add a security dependency, set config: { public: true }, or name the route in the "public" option of app.guard.'
const TOO_EARLY = 'was declared before fastify-apikit/security was registered, so app.guard cannot know whether it is protected. Register security before this route, in this scope or above.'

/** The guards of an app, by scope. */
export class Guards {
  readonly #byScope = new Map<FastifyInstance, GuardOptions>()

  /** @throws APIKIT_ERR_GUARD when an option is unknown or invalid. */
  set (scope: FastifyInstance, options: GuardOptions): void {
    const problem = problemOf(options)
    if (problem !== undefined) throw new APIKIT_ERR_GUARD(problem)
    this.#byScope.set(scope, options)
  }

  /** Reports a route that its nearest guard does not allow. */
  check ({ app, route, security }: RoutePlan, refuse: Refuse): void {
    const guard = this.#nearest(app)
    if (guard === undefined) return
    const isDeclaredPublic = route.config?.public === true
    if (isDeclaredPublic && security.length > 0) refuse('config.public contradicts the security scheme that the route depends on. Remove one of them.')
    if (guard.default === 'allow' || isDeclaredPublic || security.length > 0 || isPublic(route) || isListed(guard, route)) return
    refuse(NOT_PROTECTED)
  }

  /** Reports a route that was declared before the plugin was registered. */
  checkEarly ({ scope, route }: DeclaredRoute, refuse: Refuse): void {
    if (isClaimed(route, 'security') || isPublic(route)) return
    const guard = this.#nearest(scope)
    if (guard?.default === 'deny' && !isListed(guard, route)) refuse(TOO_EARLY)
  }

  #nearest (app: FastifyInstance): GuardOptions | undefined {
    for (const scope of scopesFrom(app)) {
      const guard = this.#byScope.get(scope)
      if (guard !== undefined) return guard
    }
    return undefined
  }
}

function isListed ({ public: patterns = [] }: GuardOptions, { method, url }: RouteOptions): boolean {
  return patterns.some(pattern => {
    const start = pattern.search(/[/*]/)
    const [name, path] = [pattern.slice(0, start).trim(), pattern.slice(start)]
    if (name !== '' && ![method].flat().every(method => method === name || (name === 'GET' && method === 'HEAD'))) return false
    return path === url || (path.endsWith('*') && url.startsWith(path.slice(0, -1)))
  })
}

function problemOf (options: unknown): string | undefined {
  const { default: byDefault, public: patterns = [], ...others } = Object(options)
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) return `unknown option "${unknown}". Expected: default, public`
  if (byDefault !== 'deny' && byDefault !== 'allow') return 'default must be "deny" or "allow"'
  if (!Array.isArray(patterns) || patterns.some(pattern => typeof pattern !== 'string' || !/^(?:[A-Z]+ +)?[/*]/.test(pattern))) {
    return 'public must be an array of URLs that begin with /, each with or without a method: "/docs", "GET /items"'
  }
  return undefined
}
