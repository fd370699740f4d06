/**
 * Keeps the plans of the routes: asks the plugins of a route's scope, in one fixed order, to fill its slots, gives the
 * route its hooks, and checks and compiles all plans when the app is ready.
 *
 * @module
 */

import { subscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { APIKIT_ERR_ROUTES } from '../errors.ts'
import { register as note, registrations } from '../registry.ts'
import { unwrapSchemas } from '../schema/foreign-schemas.ts'
import { rootOf, scopesFrom } from '../scope.ts'
import { claim, forgetClaims } from './claims.ts'
import { type DeclaredRoute, declaredRoutes, forgetRoutes, watchRoutes } from './declared-routes.ts'
import { install } from './hooks.ts'
import { unenforced } from './enforcement.ts'
import { type Refuse, RoutePlan } from './route-plan.ts'

/** Fills the slots of a route; called for each route of a scope and below that is declared from now on. */
export type Fill = (plan: RoutePlan) => void

/** The plugins that fill slots, in the order in which they are asked. */
export const ORDER = ['errors', 'security', 'dependencies', 'forms', 'validation', 'db', 'response-model', 'responses', 'tasks', 'websocket', 'docs', 'telemetry'] as const
export type Planning = typeof ORDER[number]

/** What is known of a whole app: it may have several conductors, in scopes beside each other. */
interface Ensemble {
  readonly conductors: Conductor[]
  readonly checks: CheckRoute[]
  isReady: boolean
}

/** Looks at a route when the app is ready, also at one that was declared before the plugin was registered. */
export type CheckRoute = (route: DeclaredRoute, refuse: Refuse) => void

const ensembles = new WeakMap<FastifyInstance, Ensemble>()

function ensembleOf (root: FastifyInstance): Ensemble {
  let ensemble = ensembles.get(root)
  if (ensemble === undefined) ensembles.set(root, ensemble = { conductors: [], checks: [], isReady: false })
  return ensemble
}

const kConductor: unique symbol = Symbol('fastify-apikit.conductor')

type Conducted = FastifyInstance & { readonly [kConductor]?: Conductor }

class Conductor {
  readonly plans = new Map<RouteOptions, RoutePlan>()
  readonly #fills = new Map<FastifyInstance, Map<string, Fill>>()
  readonly #isFilledByAll = new Set<string>()

  constructor (app: FastifyInstance) {
    const conductor = this
    app.addHook('onRoute', function (this: FastifyInstance, route) { conductor.#add(this, route) })
  }

  contribute (scope: FastifyInstance, plugin: Planning, fill: Fill, reach: Reach): void {
    if (reach === 'all') this.#isFilledByAll.add(plugin)
    const fills = this.#fills.get(scope) ?? new Map<string, Fill>()
    this.#fills.set(scope, fills.set(plugin, fill))
  }

  #add (scope: FastifyInstance, route: RouteOptions): void {
    unwrapSchemas(route)
    const plan = new RoutePlan(scope, route)
    this.plans.set(route, plan)
    for (const plugin of ORDER) {
      for (const fill of this.#fillsOf(scope, plugin)) {
        claim(route, plugin)
        fill(plan)
      }
    }
    install(plan)
  }

  * #fillsOf (scope: FastifyInstance, plugin: string): Iterable<Fill> {
    for (const one of scopesFrom(scope)) {
      const fill = this.#fills.get(one)?.get(plugin)
      if (fill === undefined) continue
      yield fill
      if (!this.#isFilledByAll.has(plugin)) return
    }
  }
}

function conductorOf (app: FastifyInstance): Conductor {
  const known = (app as Conducted)[kConductor]
  if (known !== undefined) return known
  const root = rootOf(app)
  watchRoutes(root)
  const conductor = new Conductor(app)
  ensembleOf(root).conductors.push(conductor)
  app.decorate(kConductor, conductor)
  app.addHook('onReady', async () => { makeReady(root) })
  return conductor
}

// An app that has none of our plugins must not serve what only they enforce.
subscribe('fastify.initialization', message => {
  const { fastify: root } = message as { fastify: FastifyInstance }
  root.addHook('onReady', async () => { if (ensembleOf(root).conductors.length === 0) makeReady(root) })
})

/** Says that a plugin is registered which gives routes a meaning. */
export function register (app: FastifyInstance, plugin: string): void {
  conductorOf(app)
  note(app, plugin)
}

/** Of several registrations of a plugin, in a scope and above, the nearest counts, or all of them do. */
type Reach = 'nearest' | 'all'

/** Registers a plugin that fills slots of the routes of this scope and below, from now on. */
export function contribute (app: FastifyInstance, plugin: Planning, fill: Fill, reach: Reach = 'nearest'): void {
  register(app, plugin)
  conductorOf(app).contribute(app, plugin, fill, reach)
}

/** Has every route of the whole app looked at when it is ready. */
export function checkRoutes (app: FastifyInstance, check: CheckRoute): void {
  ensembleOf(rootOf(app)).checks.push(check)
}

/** The plans of the routes of this scope's conductor, in the order in which they were declared. */
export function plansOf (app: FastifyInstance): Iterable<RoutePlan> {
  return conductorOf(app).plans.values()
}

/** Returns the plan of a route, by the scope that it is declared in: none where no plugin of this package was registered. */
export function planFor (scope: FastifyInstance, route: RouteOptions): RoutePlan | undefined {
  return (scope as Conducted)[kConductor]?.plans.get(route)
}

/** Checks and compiles all plans of an app, once; all mistakes are one error. */
function makeReady (root: FastifyInstance): void {
  const ensemble = ensembleOf(root)
  if (ensemble.isReady) return
  ensemble.isReady = true

  const problems = new Set<string>()
  const { routes, isWhole } = declaredRoutes(root)
  for (const { route, problem } of unenforced(routes, registrations(root))) refuserOf(route, problems)(problem)
  for (const declared of routes) {
    const refuse = refuserOf(declared.route, problems)
    for (const check of ensemble.checks) check(declared, refuse)
  }
  for (const { plans } of ensemble.conductors) {
    for (const { route, atReady } of plans.values()) {
      const refuse = refuserOf(route, problems)
      // Emptied: what was needed to compile is not kept.
      for (const step of atReady.splice(0)) step(refuse)
    }
  }
  for (const { route } of routes) forgetClaims(route)
  forgetRoutes(root)
  if (!isWhole) root.log.warn('routes were declared before fastify-apikit was loaded, so they were not checked. Import it before Fastify() is called')
  if (problems.size > 0) throw new APIKIT_ERR_ROUTES([...problems].join('\n'))
}

function refuserOf ({ method, url }: RouteOptions, problems: Set<string>): Refuse {
  return problem => {
    // The HEAD that Fastify puts beside a GET has all of its mistakes.
    const isTwin = method === 'HEAD' && problems.has(`GET ${url}: ${problem}`)
    if (!isTwin) problems.add(`${String(method)} ${url}: ${problem}`)
  }
}
