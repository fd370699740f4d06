/**
 * Keeps routes by name, for links.
 *
 * @module
 */

import type { FastifyInstance, RouteOptions } from 'fastify'
import { claim } from '../plan/claims.ts'
import { declaredRoutes, watchRoutes } from '../plan/declared-routes.ts'
import { rootOf } from '../scope.ts'

/** Values of the parameters of a route. `path` is the value of `*`. */
export type UrlParameters = Readonly<Record<string, unknown>>

interface NamedRoute {
  readonly name: string
  /** Scope of the route. */
  readonly scope: FastifyInstance
  readonly url: string
  /** Text and parameters of the URL, in order. */
  readonly parts: ReadonlyArray<string | { readonly parameter: string }>
  /** Names of the parameters, sorted. */
  readonly parameters: readonly string[]
}

const kNames: unique symbol = Symbol('fastify-apikit.named-routes')

type Named = FastifyInstance & { [kNames]?: NamedRoutes }

/**
 * Keeps the names of routes, including those declared before. A name is known in the whole app.
 */
export function keepNames (app: FastifyInstance): NamedRoutes {
  const root: Named = rootOf(app)
  const names = root[kNames] ??= namesOf(root)
  let scope: Named = app
  names.watch(scope)
  while (scope !== root) {
    scope = Object.getPrototypeOf(scope)
    names.watch(scope)
  }
  return names
}

/** Returns the names of existing routes. */
function namesOf (root: FastifyInstance): NamedRoutes {
  const names = new NamedRoutes()
  watchRoutes(root)
  for (const { scope, route } of declaredRoutes(root).routes) names.note(scope, route)
  return names
}

export class NamedRoutes {
  readonly #routes = new Map<string, NamedRoute[]>()
  readonly #watched = new WeakSet<FastifyInstance>()

  /** Records the routes of a scope whose `config` has a `name`. */
  watch (app: FastifyInstance): void {
    if (this.#watched.has(app)) return
    this.#watched.add(app)
    const { note } = this
    app.addHook('onRoute', function (this: FastifyInstance, route) { note(this, route) })
  }

  /** Records a route, if it has a name. */
  readonly note = (scope: FastifyInstance, route: RouteOptions): void => {
    const name: unknown = Object(route.config).name
    if (typeof name !== 'string') return
    this.add(name, scope, route.url)
    claim(route, 'templates')
  }

  readonly add = (name: string, scope: FastifyInstance, url: string): void => {
    const routes = this.#routes.get(name) ?? []
    this.#routes.set(name, routes)
    if (routes.some(route => route.url === url)) return
    const parts = partsOf(url)
    const parameters = parts.flatMap(part => typeof part === 'string' ? [] : [part.parameter]).sort()
    routes.push({ name, scope, url, parts, parameters })
  }

  /**
   * Returns the path of the route with this name and exactly these parameters; of several, the one nearest to a scope.
   *
   * @returns `undefined` when there is none
   */
  pathOf (name: string, given: UrlParameters, from: FastifyInstance): string | undefined {
    const keys = Object.keys(given).sort().join()
    const routes = this.#routes.get(name)?.filter(({ parameters }) => parameters.join() === keys) ?? []
    const route = routes.length > 1 ? nearest(routes, from) : routes[0]
    return route?.parts.map(part => typeof part === 'string' ? part : written(part.parameter, given[part.parameter])).join('')
  }

  /** Lists the known names, for error messages. */
  get known (): string {
    return [...this.#routes.values()].flat().map(({ name, parameters }) => `${name}(${parameters.join(', ')})`).join(', ') || 'none'
  }
}

function nearest (routes: readonly NamedRoute[], from: FastifyInstance): NamedRoute | undefined {
  for (let scope = from; 'prefix' in scope; scope = Object.getPrototypeOf(scope)) {
    const own = routes.find(route => route.scope === scope)
    if (own !== undefined) return own
  }
  return routes[0]
}

// `:id`, `:id(^\\d+$)`, `:id?`, `*`, and `::` for a colon.
const PART = /::|:(\w+)(?:\((?:[^()\\]|\\.|\([^()]*\))*\))?\??|\*/g

function partsOf (url: string): NamedRoute['parts'] {
  const parts: Array<string | { parameter: string }> = []
  let end = 0
  for (const match of url.matchAll(PART)) {
    parts.push(url.slice(end, match.index), match[0] === '::' ? ':' : { parameter: match[1] ?? 'path' })
    end = match.index + match[0].length
  }
  return [...parts, url.slice(end)].filter(part => part !== '')
}

/** Encodes a value as one segment, or a path as its segments, without the leading slash, which the URL has. */
function written (parameter: string, value: unknown): string {
  const text = String(value)
  return parameter === 'path' ? text.replace(/^\/+/, '').split('/').map(segment).join('/') : segment(text)
}

// What may stand in a segment as it is: RFC 3986 §3.3, `pchar`.
function segment (text: string): string {
  return text.replaceAll(/[^\w\-.~!$&'()*+,;=:@]/gu, char => encodeURIComponent(char.toWellFormed()))
}
