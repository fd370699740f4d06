/**
 * Adds models and a writer to each route.
 *
 * @module
 */

import type { FastifyReply } from 'fastify'
import { hasReplySerializer } from '../core/plan/fastify-defaults.ts'
import { isClaimed } from '../core/plan/claims.ts'
import { BEFORE, type DeclaredRoute } from '../core/plan/declared-routes.ts'
import type { Refuse, RoutePlan } from '../core/plan/route-plan.ts'
import { takesReply } from '../core/plan/takes-reply.ts'
import { isSchema } from '../core/schema/references.ts'
import { type Closing, closingOf, type ClosingOptions } from './closing.ts'
import { compilerOf, type SerializerCompiler } from './compiler.ts'
import { Declared, modelKey } from './declared.ts'
import type { Mismatches } from './mismatches.ts'
import type { Serialize } from './model.ts'
import { returnedValues } from './returned-value.ts'
import { RouteResponse } from './route-options.ts'
import { RouteWriter } from './route-writer.ts'

/** For a route without `schema.response`. */
const NONE = new Declared({})

export class RouteModels {
  readonly #compiler: SerializerCompiler
  readonly #options: ClosingOptions

  /** @param compiler The compiler of the scope. Routes whose scope has another are skipped. */
  constructor (compiler: SerializerCompiler, options: ClosingOptions) {
    this.#compiler = compiler
    this.#options = options
  }

  /** Fills the slots of a plan. */
  add (plan: RoutePlan): void {
    const { route, slots, atReady } = plan
    const response = isSchema(route.schema?.response) ? route.schema.response : undefined
    const declared = response && new Declared(response)
    const closing = declared === undefined || declared.all ? undefined : closingOf(plan, declared, this.#options)

    if (!this.#writes(plan) || route.serializerCompiler !== undefined) {
      slots.close = closeOther(closing)
      atReady.push(refuse => { if (route.config?.response !== undefined) refuse('config.response: the route or its scope has its own serializer, which ignores config.response. Remove one of them.') })
      return
    }

    const models = new Map<string, Serialize>()
    const own = new RouteResponse(plan)
    const writer = new RouteWriter(declared ?? NONE, models, closing)
    const { write } = writer
    // Keeps a serializer that a dependency has set on the reply.
    if (!plan.touchesReply) slots.prepare = reply => { reply.serializer(write) }
    if (declared !== undefined) {
      slots.serializerCompiler = routeCompiler(plan, models, this.#options.mismatches, own)
    }
    const isTextJson = this.#options.undeclaredText === 'json'
    plan.isTextJson = isTextJson
    if (declared !== undefined || isTextJson) slots.values.models = returnedValues({ declared: declared ?? NONE, models, closing, isTextJson }, this.#options.mismatches)
    // The handler may set another serializer.
    if (plan.touchesReply || (closing !== undefined && takesReply(plan.handler))) slots.close = closeOther(closing)
    atReady.push(refuse => {
      if (!this.#writes(plan)) refuse('setSerializerCompiler or setReplySerializer was called after this route, which fastify-apikit/response-model serializes. Call it before.')
      writer.compile()
      own.report(refuse)
    })
  }

  /** Reports a route that was declared before the plugin was registered, and so would not be filtered. */
  checkEarly ({ scope, route }: DeclaredRoute, refuse: Refuse): void {
    if (isClaimed(route, 'response-model') || route.serializerCompiler !== undefined || scope.serializerCompiler !== this.#compiler) return
    if (route.schema?.response !== undefined) refuse(`schema.response would have no effect, since fastify-apikit/response-model was registered after this route. ${BEFORE}`)
  }

  /** Tells whether the scope of a route has no serializer of its own. */
  #writes ({ app }: RoutePlan): boolean {
    return app.serializerCompiler === this.#compiler && !hasReplySerializer(app)
  }
}

/** Compiles the models of a route in its own scope. Mistakes are reported with all others. */
function routeCompiler ({ app, atReady }: RoutePlan, models: Map<string, Serialize>, mismatches: Mismatches, own: RouteResponse): SerializerCompiler {
  const problems: string[] = []
  atReady.push(refuse => { problems.forEach(refuse) })
  const compile = compilerOf(app, found => { problems.push(...found) }, mismatches, own)
  return definition => {
    const model = compile(definition)
    models.set(modelKey(String(definition.httpStatus), definition.contentType), model)
    return model
  }
}

/** For responses that bypass the writer. */
function closeOther (closing: Closing | undefined): NonNullable<RoutePlan['slots']['close']> {
  return (_request, reply, payload) => {
    dropCharset(reply)
    const closed = closing?.(reply, payload)
    if (closed !== undefined) reply.serializer(() => closed.json)
    return payload
  }
}

/** JSON is UTF-8, and its type has no charset parameter (RFC 8259 §8.1, §11). FastAPI sends none, but Fastify adds one. */
function dropCharset (reply: FastifyReply): void {
  if (reply.getHeader('content-type') === 'application/json; charset=utf-8') reply.header('content-type', 'application/json')
}
