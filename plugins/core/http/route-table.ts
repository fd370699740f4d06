/**
 * Which methods a path has. Fastify looks for a route by method and path at once, so it cannot
 * tell an unknown path (404) from an unknown method (405); this table can. It mirrors Fastify's
 * router and is asked only when that found nothing.
 *
 * @module
 */

import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import findMyWay, { type Config, type HTTPMethod, type HTTPVersion } from 'find-my-way'
import { declaredRoutes, watchRoutes } from '../plan/declared-routes.ts'
import { isWithin, rootOf } from '../scope.ts'
import { isUnlisted } from './own-routes.ts'
import { isForeign, plainParametersOf } from './plain-parameters.ts'

type Router = ReturnType<typeof findMyWay<HTTPVersion.V1>>

interface Entry {
  readonly methods: readonly string[]
  readonly url: string
  readonly constraints: Readonly<Record<string, unknown>>
  /** The URL is the prefix of its scope, and may be served with a slash at its end as well. */
  readonly isPrefix: boolean
  /** A HEAD that Fastify put beside a GET: served, but not declared. */
  readonly automatic: boolean
}

/** As `onRoute` is told of them. */
type DeclaredOptions = RouteOptions & { routePath: string }

const kTable: unique symbol = Symbol('fastify-apikit.route-table')

type Tabled = FastifyInstance & { [kTable]?: RouteTable }

/** The table of this scope and all below, of the routes declared before as well; the outermost scope that asked owns it. */
export function routeTableOf (app: FastifyInstance): RouteTable {
  const tabled: Tabled = app
  const known = tabled[kTable]
  if (known !== undefined) return known
  const table = new RouteTable(app)
  tabled[kTable] = table
  const root = rootOf(app)
  watchRoutes(root)
  for (const { scope, route } of declaredRoutes(root).routes) if (isWithin(scope, app)) table.add(route as DeclaredOptions)
  app.addHook('onRoute', route => { table.add(route) })
  app.addHook('onReady', async () => { table.compile() })
  return table
}

export class RouteTable {
  readonly #app: FastifyInstance
  readonly #entries: Entry[] = []
  /** The GETs to which Fastify adds a HEAD. */
  readonly #withHead = new Set<string>()
  readonly #methods = new Set<string>()
  readonly #folders = new Set<string>()
  readonly #exposesHead: boolean
  readonly #strategies: Record<string, object>
  readonly #router: Router

  constructor (app: FastifyInstance) {
    this.#app = app
    // In the config since Fastify 4, not in its type.
    this.#exposesHead = (app.initialConfig as { exposeHeadRoutes: boolean }).exposeHeadRoutes
    const { constraints = {}, ...options } = app.initialConfig.routerOptions ?? {}
    // find-my-way marks each strategy, and these are frozen.
    this.#strategies = Object.fromEntries(Object.entries(constraints).map(([name, strategy]) => [name, Object.create(strategy)]))
    this.#router = findMyWay({ ...options, constraints: this.#strategies, defaultRoute: () => undefined } as Config<HTTPVersion.V1>)
  }

  /** Notes a route. */
  add (route: DeclaredOptions): void {
    const { url, constraints = {}, routePath } = route
    const methods = [route.method].flat()
    const path = JSON.stringify([url.replace(/\/$/, ''), Object.entries(constraints).map(String)])

    // A HEAD of the user's own beside such a GET would have been refused as a duplicate.
    const automatic = route.method === 'HEAD' && this.#withHead.has(path)
    if (methods.includes('GET') && (route.exposeHeadRoute ?? this.#exposesHead)) this.#withHead.add(path)

    // A catch-all OPTIONS answers preflights (@fastify/cors).
    if (isUnlisted(route) || (methods.join() === 'OPTIONS' && url.endsWith('*'))) return
    this.#entries.push({ methods, url, constraints, isPrefix: routePath === '', automatic })
  }

  /** Builds the router. */
  compile (): void {
    const strategies = new Set(['host', 'version', ...Object.keys(this.#strategies)])
    for (const [rank, entry] of this.#entries.entries()) {
      // What addConstraintStrategy added cannot be asked for; such a constraint counts as met.
      const constraints = Object.fromEntries(Object.entries(entry.constraints).filter(([name]) => strategies.has(name)))
      for (const method of entry.methods) {
        this.#methods.add(method)
        this.#on(method, entry, constraints, rank)
        // `onRoute` is told of one of the two URLs that '/' below a prefix has.
        if (entry.isPrefix && this.#app.hasRoute({ method: method as HTTPMethod, url: `${entry.url}/`, constraints: entry.constraints })) {
          this.#on(method, { ...entry, url: `${entry.url}/` }, constraints, rank)
        }
      }
    }
  }

  /**
   * The methods of a request's path when its own is not among them: those of the first declared
   * route that would serve it, as in FastAPI. `undefined` when the path is unknown, or when its
   * route itself gave the request up by `reply.callNotFound`.
   */
  allow ({ raw: { url, headers }, method }: FastifyRequest): readonly string[] | undefined {
    const found = new Map<number, Entry>()
    for (const candidate of this.#methods) {
      const entry = this.#lookup({ method: candidate, url, headers })
      if (entry === undefined) continue
      if (candidate === method) return undefined
      if (!entry[1].automatic) found.set(...entry)
    }
    return found.get(Math.min(...found.keys()))?.methods
  }

  /** Whether a path has a route, of whatever method. */
  has (url: string, headers: object): boolean {
    return [...this.#methods].some(method => this.#lookup({ method, url, headers }) !== undefined)
  }

  /** Notes a path below which there are files: `/static/`, whatever its methods. */
  addFolder (url: string): void {
    this.#folders.add(url)
  }

  /** Whether a path is that of a folder of files. */
  isFolder (url: string): boolean {
    return this.#folders.has(url)
  }

  #on (method: string, entry: Entry, constraints: Record<string, unknown>, rank: number): void {
    if (this.#router.hasRoute(method as HTTPMethod, entry.url, constraints)) return
    const names = plainParametersOf(entry.url)
    this.#router.on(method as HTTPMethod, entry.url, { constraints }, (_request, _response, params) => {
      return names.some(name => isForeign(params[name])) ? undefined : [rank, entry]
    })
  }

  /**
   * Only these three are read of a request: to find the path, and the host and version of constraints. A path of which
   * a parameter is empty has no route, as in FastAPI.
   */
  #lookup (request: { method: string, url: string | undefined, headers: object }): [number, Entry] | undefined {
    return this.#router.lookup(request as never, undefined as never)
  }
}
