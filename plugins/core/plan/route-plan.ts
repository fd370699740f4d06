/**
 * The plan of a route: what every plugin knows about it, gathered at `onRoute`, checked and
 * compiled once by `ready()`. At run time nothing is looked up.
 *
 * @module
 */

import type { TSchema } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { APIKIT_ERR_ROUTES } from '../errors.ts'
import type { ResponseOptions } from './response-options.ts'

/** A JSON Schema as it is written in a route; TypeBox schemas are such objects. */
export interface Schema {
  readonly [key: string | symbol]: unknown
}

/** The parts of a request that a schema can describe, in the order in which errors are reported. */
export const PARTS = ['params', 'querystring', 'headers', 'cookies', 'body'] as const
export type Part = typeof PARTS[number]

/** An answer that a plugin adds to what `schema.response` declares. */
export interface PlannedResponse {
  readonly description: string
  readonly contentType: string
  /** Schema of the body; one with a `title` becomes a named component. Without one only the description is known. */
  readonly schema: Schema | TSchema | undefined
}

/** The schemas of the parts of a request that one owner reads: the route itself, or one of its dependencies. */
export type Inputs = { [part in Part]?: Schema }

/** What a dependency reads of the request, for itself. */
export interface InheritedInputs {
  /** Who reads it, for messages: `the dependency "pagination"`. */
  readonly from: string
  readonly inputs: Inputs
}

/** The parsed values of some inputs, by part. */
export type InputValues = { readonly [part in Part]?: unknown }

/** Some inputs, compiled. */
export interface Reader {
  readonly inputs: Inputs
}

/** One pass over one request, which notes all that is wrong with it. */
export interface Reading {
  /** The values, or `undefined` when something is wrong with them. */
  read (reader: Reader): InputValues | undefined
}

/** What `validation` does for whoever else reads the request. */
export interface Validator {
  /** How a wrong request is answered. */
  readonly refusal: { readonly status: string, readonly response: PlannedResponse }
  /** @param at where the inputs are declared, for messages; empty for the route itself */
  compile (inputs: Inputs, at: string, refuse: Refuse): Reader
  /** The reading of a request, begun when first asked for: what is noted early is answered with the rest. */
  begin (request: FastifyRequest): Reading
}

/**
 * Runs after a reading has begun and before the route's own inputs are read: calls the dependencies.
 * What it throws is answered in place of all that the reading noted.
 */
export type Solve = (reading: Reading, request: FastifyRequest, reply: FastifyReply) => void | Promise<void>

/**
 * Makes of a parsed body what only the route can know. Runs before a reading begins.
 * What it throws is answered.
 */
export type SettleBody = (request: FastifyRequest, reply: FastifyReply) => void

/** Reports a mistake in the route; all mistakes of all routes are thrown as one error. */
export type Refuse = (problem: string) => void

export interface RoutePlan {
  /** The scope in which the route is declared. */
  readonly app: FastifyInstance
  readonly route: RouteOptions
  /** What the route itself reads of the request. */
  readonly inputs: Inputs
  /** What its dependencies read, each once, depth first as they are declared. */
  readonly inherited: InheritedInputs[]
  /** Tags of the scopes above, outer to inner; those of the route itself stand in `schema.tags`. */
  readonly tags: string[]
  /** Requirements of its dependencies, as in an OpenAPI operation. */
  readonly security: Array<Readonly<Record<string, readonly string[]>>>
  /** The schemes that `security` names, as in `components.securitySchemes`. */
  readonly securitySchemes: Map<string, Schema>
  /** What the scopes above say of the responses of their routes, outer to inner; what the route says stands in `config.response`. */
  readonly presentation: ResponseOptions[]
  /** Set at `onRoute` by `response-model`, where it is registered: it reads `presentation`. */
  presents: boolean
  /** Answers documented by plugins, by status code. */
  readonly responses: Map<string, PlannedResponse>
  /** Set at `onRoute` by `validation`, where it is registered. */
  validator: Validator | undefined
  /** Set at `onRoute` by `forms`, where it is registered: files can be read. */
  readsFiles: boolean
  /** Set at `onRoute` by `forms`; `validation` runs it. */
  body: SettleBody | undefined
  /** Set by one of the steps of `dependencies`; `validation` runs it. */
  solve: Solve | undefined
  /** Run by `ready()`, in order. */
  readonly steps: Array<(refuse: Refuse) => void>
}

interface Plans {
  readonly byRoute: Map<RouteOptions, RoutePlan>
}

const kPlans: unique symbol = Symbol('fastify-apikit.plans')

type Planned = FastifyInstance & { [kPlans]: Plans }

function owns (app: FastifyInstance): app is Planned {
  return app.hasDecorator(kPlans)
}

/** Makes this scope and all below it keep plans; the outermost scope that asks owns them. */
export function keepPlans (app: FastifyInstance): void {
  if (owns(app)) return
  const plans: Plans = { byRoute: new Map() }
  app.decorate(kPlans, plans)
  app.addHook('onReady', async () => { compile(plans) })
}

/** The plan of a route, made when first asked for. Needs `keepPlans` in this scope or above. */
export function planOf (app: FastifyInstance, route: RouteOptions): RoutePlan {
  const { byRoute } = (app as Planned)[kPlans]
  let plan = byRoute.get(route)
  if (plan === undefined) {
    plan = newPlan(app, route)
    byRoute.set(route, plan)
  }
  return plan
}

/** A plan that knows what the route says of itself, and is kept by nobody. */
export function newPlan (app: FastifyInstance, route: RouteOptions): RoutePlan {
  const schema: { [part in Part]?: unknown } = route.schema ?? {}
  const inputs: Inputs = {}
  for (const part of PARTS) {
    const input = part === 'querystring' ? schema.querystring ?? route.schema?.['query' as never] : schema[part]
    if (input !== undefined) inputs[part] = input as Schema
  }
  return { app, route, inputs, inherited: [], tags: [], security: [], securitySchemes: new Map(), presentation: [], presents: false, responses: new Map(), validator: undefined, readsFiles: false, body: undefined, solve: undefined, steps: [] }
}

/** All plans known in this scope, in the order in which the routes were declared. Needs `keepPlans` in this scope or above. */
export function plansOf (app: FastifyInstance): Iterable<RoutePlan> {
  return (app as Planned)[kPlans].byRoute.values()
}

function compile ({ byRoute }: Plans): void {
  const problems = new Set<string>()
  for (const { route, steps } of byRoute.values()) {
    const refuse: Refuse = problem => {
      // The HEAD that Fastify puts beside a GET has all of its mistakes.
      const isTwin = route.method === 'HEAD' && problems.has(`GET ${route.url}: ${problem}`)
      if (!isTwin) problems.add(`${String(route.method)} ${route.url}: ${problem}`)
    }
    for (const step of steps) step(refuse)
  }
  if (problems.size > 0) throw new APIKIT_ERR_ROUTES([...problems].join('\n'))
}
