/**
 * Which routes are in a document, and whether each operation has an id of its own.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import type { RoutePlan, Validator } from '../core/plan/route-plan.ts'
import { type Endpoint, type GenerateUniqueId, operationIdOf } from './operation.ts'
import { wildcardName } from './parameters.ts'
import { Schemas } from './schema-scope.ts'
import { urlPathOf } from './url-path.ts'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])

/** Stands on a scope that is an app of its own: its routes are in no document but its own. */
const kMount: unique symbol = Symbol('fastify-apikit.docs.mount')

/** What a scope belongs to. */
function mountOf (app: FastifyInstance): unknown {
  return app.hasDecorator(kMount) ? Reflect.get(app, kMount) : undefined
}

/** Makes a scope an app of its own. */
export function mount (app: FastifyInstance): void {
  app.decorate(kMount, {})
}

export class DocumentedRoutes {
  /** What stands in front of all paths, and is not written. */
  readonly prefix: string
  readonly #app: FastifyInstance
  readonly #generate: GenerateUniqueId | undefined
  readonly #plans: RoutePlan[] = []
  #problems: ReadonlyMap<RoutePlan, readonly string[]> | undefined

  /** @param generate makes the ids of operations */
  constructor (app: FastifyInstance, prefix: string, generate: GenerateUniqueId | undefined) {
    this.prefix = prefix
    this.#app = app
    this.#generate = generate
  }

  add (plan: RoutePlan): void {
    this.#plans.push(plan)
    plan.atReady.push(refuse => {
      this.#problems ??= this.#clashes()
      this.#problems.get(plan)?.forEach(refuse)
    })
  }

  /** The first that there is: it answers wrong requests. */
  get validator (): Validator | undefined {
    return this.#own().find(({ validator }) => validator !== undefined)?.validator
  }

  /** One for every operation of the document, in the order in which they are declared. */
  endpoints (): Iterable<Endpoint> {
    const schemas = new Schemas()
    const endpoints = new Map<string, Endpoint>()
    for (const { plan, methods } of documented(this.#own())) {
      const url = urlPathOf(plan.route.url.slice(this.prefix.length) || '/', wildcardName(plan, schemas.of(plan.app)))
      // Of two that differ in their constraints only, the last is documented.
      for (const method of methods.map(method => method.toLowerCase())) endpoints.set(`${method} ${url.path}`, { plan, url, method })
    }
    return endpoints.values()
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
      else problems.set(plan, [...problems.get(plan) ?? [], `the operationId "${id}" of ${at} is that of ${other} already; give one of them a schema.operationId of its own`])
    }
    return problems
  }
}

/** The routes that are not hidden, with their methods; a HEAD that Fastify put beside a GET is not declared. */
function * documented (plans: readonly RoutePlan[]): Iterable<{ plan: RoutePlan, methods: readonly string[] }> {
  const withHead = new Set<string>()
  for (const plan of plans) {
    const { method, url, schema, exposeHeadRoute } = plan.route
    const methods = [method].flat()
    const path = url.replace(/\/$/, '')
    const isAutomatic = methods.join() === 'HEAD' && withHead.has(path)
    // In the config since Fastify 4, not in its type.
    const exposes = exposeHeadRoute ?? (plan.app.initialConfig as { exposeHeadRoutes: boolean }).exposeHeadRoutes
    if (methods.includes('GET') && exposes) withHead.add(path)
    if (schema?.hide !== true && !isAutomatic) yield { plan, methods: methods.filter(method => METHODS.has(method)) }
  }
}
