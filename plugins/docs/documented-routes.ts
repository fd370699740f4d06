/**
 * Selects the routes of a document, and checks that operation IDs are unique.
 *
 * @module
 */

import type { FastifyInstance, FastifySchema } from 'fastify'
import { inputsOf, type RoutePlan, type Validator } from '../core/plan/route-plan.ts'
import { foreignLibrary } from '../core/schema/foreign-schemas.ts'
import type { ParsedOptions } from './options.ts'
import { type Endpoint, type GenerateUniqueId, operationIdOf } from './operation.ts'
import { wildcardName } from './parameters.ts'
import { Schemas } from './schema-scope.ts'
import { urlPathOf } from './url-path.ts'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'QUERY'])

/** Marks a scope as an app of its own: its routes are only in its own document. */
const kMount: unique symbol = Symbol('fastify-apikit.docs.mount')

/** What a scope belongs to. */
function mountOf (app: FastifyInstance): unknown {
  return app.hasDecorator(kMount) ? Reflect.get(app, kMount) : undefined
}

/** Marks a scope as an app of its own. */
export function mount (app: FastifyInstance): void {
  app.decorate(kMount, {})
}

export class DocumentedRoutes {
  /** Prefix of all paths, left out of the document. */
  readonly prefix: string
  readonly #app: FastifyInstance
  readonly #generate: GenerateUniqueId | undefined
  readonly #transform: Transform | undefined
  readonly #plans: RoutePlan[] = []
  #problems: ReadonlyMap<RoutePlan, readonly string[]> | undefined

  constructor (app: FastifyInstance, prefix: string, { generateUniqueId, transformSchema }: Pick<ParsedOptions, 'generateUniqueId' | 'transformSchema'>) {
    this.prefix = prefix
    this.#app = app
    this.#generate = generateUniqueId
    this.#transform = transformSchema && transformed(transformSchema)
  }

  add (plan: RoutePlan): void {
    this.#plans.push(plan)
    plan.atReady.push(refuse => {
      foreignParts(this.#described(plan)).forEach(refuse)
      this.#problems ??= this.#clashes()
      this.#problems.get(plan)?.forEach(refuse)
    })
  }

  /** The first that there is: it answers wrong requests. */
  get validator (): Validator | undefined {
    return this.#own().find(({ validator }) => validator !== undefined)?.validator
  }

  /** One entry for each operation, in the order of declaration. */
  endpoints (): Iterable<Endpoint> {
    const schemas = new Schemas()
    const endpoints = new Map<string, Endpoint>()
    for (const { plan: declared, methods } of documented(this.#own())) {
      const plan = this.#described(declared)
      const url = urlPathOf(plan.route.url.slice(this.prefix.length) || '/', wildcardName(plan, schemas.of(plan.app)))
      // Of two routes that differ only in their constraints, the last is documented.
      for (const method of methods.map(method => method.toLowerCase())) endpoints.set(`${method} ${url.path}`, { plan, url, method })
    }
    return endpoints.values()
  }

  #described (plan: RoutePlan): RoutePlan {
    return this.#transform === undefined || foreignParts(plan).length === 0 ? plan : this.#transform(plan)
  }

  #own (): RoutePlan[] {
    const mount = mountOf(this.#app)
    return this.#plans.filter(({ app }) => mountOf(app) === mount)
  }

  #clashes (): Map<RoutePlan, string[]> {
    const problems = new Map<RoutePlan, string[]>()
    const known = new Map<string, string>()
    for (const endpoint of this.endpoints()) {
      const { plan, url, method } = endpoint
      const id = operationIdOf(endpoint, this.#generate)
      const at = `${method.toUpperCase()} ${url.path}`
      const other = known.get(id)
      if (other === undefined) known.set(id, at)
      else problems.set(plan, [...problems.get(plan) ?? [], `the operationId "${id}" of ${at} is also that of ${other}. Set another schema.operationId on one of them.`])
    }
    return problems
  }
}

type Transform = (plan: RoutePlan) => RoutePlan

/** Plans with the schemas that a function makes of theirs, once for each. */
function transformed (transform: NonNullable<ParsedOptions['transformSchema']>): Transform {
  const made = new WeakMap<RoutePlan, RoutePlan>()
  const make = (plan: RoutePlan): RoutePlan => {
    const { schema } = transform({ schema: plan.route.schema as FastifySchema, url: plan.route.url, route: plan.route, openapiObject: { openapi: '3.1.0' } })
    const route = { ...plan.route, schema }
    return Object.create(plan, { route: { value: route }, inputs: { value: inputsOf(route) } })
  }
  return plan => {
    const described = made.get(plan) ?? make(plan)
    made.set(plan, described)
    return described
  }
}

/** Reports the schemas of a route that are not JSON Schema. */
function foreignParts ({ inputs, route: { schema } }: RoutePlan): string[] {
  if (schema?.hide === true) return []
  const parts = [...Object.entries(inputs), ...Object.entries(Object(schema?.response)).map(([status, answer]) => [`response.${status}`, answer] as const)]
  return parts.flatMap(([part, value]) => {
    const library = foreignLibrary(value)
    return library === undefined ? [] : [`schema.${part} is a schema of ${library}, which fastify-apikit/docs cannot document. Set the option transformSchema of docs, or hide the route with schema.hide.`]
  })
}

/** Returns the documented routes with their methods. A HEAD that Fastify added to a GET is left out. */
function * documented (plans: readonly RoutePlan[]): Iterable<{ plan: RoutePlan, methods: readonly string[] }> {
  const withHead = new Set<string>()
  for (const plan of plans) {
    const { method, url, schema, exposeHeadRoute } = plan.route
    const methods = [method].flat()
    const path = url.replace(/\/$/, '')
    const isAutomatic = methods.join() === 'HEAD' && withHead.has(path)
    // It is in the config since Fastify 4, but not in its type.
    const exposes = exposeHeadRoute ?? (plan.app.initialConfig as { exposeHeadRoutes: boolean }).exposeHeadRoutes
    if (methods.includes('GET') && exposes) withHead.add(path)
    if (schema?.hide !== true && !isAutomatic) yield { plan, methods: methods.filter(method => METHODS.has(method)) }
  }
}
