/**
 * Access by default: a route that does not say who may call it is a mistake.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import type { Refuse, RoutePlan } from '../core/plan/route-plan.ts'
import { APIKIT_ERR_GUARD } from './errors.ts'

export interface GuardOptions {
  /**
   * `deny`: a route has to depend on a security scheme, or to say `config: { public: true }`. `allow`: it has not, for a
   * scope in one that denies.
   */
  readonly default: 'allow' | 'deny'
  /** URLs of public routes that others declare, as of docs and files, prefix included: `/docs`, or `/static/*` for all below. */
  readonly public?: readonly string[]
}

/** The guards of an app, by scope. */
export class Guards {
  readonly #byScope = new Map<object, GuardOptions>()

  /** @throws APIKIT_ERR_GUARD when the options are wrong */
  set (scope: FastifyInstance, options: GuardOptions): void {
    const problem = problemOf(options)
    if (problem !== undefined) throw new APIKIT_ERR_GUARD(problem)
    this.#byScope.set(scope, options)
  }

  /** Refuses a route that its nearest guard does not let pass. */
  check ({ app, route: { url, config = {} }, security }: RoutePlan, refuse: Refuse): void {
    const guard = this.#nearest(app)
    if (guard === undefined) return
    if (config.public === true && security.length > 0) {
      refuse('config.public: it depends on a security scheme as well; take one of them away')
    }
    if (guard.default === 'allow' || config.public === true || security.length > 0 || guard.public?.some(pattern => matches(pattern, url))) return
    refuse('it does not say who may call it, and app.guard denies that; let it depend on a security scheme, say config: { public: true }, or name its URL in the "public" of app.guard')
  }

  /** A scope has the scopes above for prototypes. */
  #nearest (scope: object | null): GuardOptions | undefined {
    if (scope === null) return undefined
    return this.#byScope.get(scope) ?? this.#nearest(Object.getPrototypeOf(scope))
  }
}

function matches (pattern: string, url: string): boolean {
  return pattern === url || (pattern.endsWith('*') && url.startsWith(pattern.slice(0, -1)))
}

function problemOf (options: unknown): string | undefined {
  const { default: byDefault, public: urls = [], ...others } = Object(options)
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) return `there is no option "${unknown}"; it takes default and public`
  if (byDefault !== 'deny' && byDefault !== 'allow') return 'default is "deny" or "allow"'
  if (!Array.isArray(urls) || urls.some(url => typeof url !== 'string' || !/^[/*]/.test(url))) return 'public is a list of URLs that begin with /'
  return undefined
}
