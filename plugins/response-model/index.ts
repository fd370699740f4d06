/**
 * Makes `schema.response` the model of what is sent: checked, filtered, encoded as FastAPI's response models are.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type {
  ContextConfigDefault, FastifyBaseLogger, FastifyInstance, FastifyPluginAsync, FastifyReply, FastifySchema as AnySchema, FastifyTypeProvider, FastifyTypeProviderDefault, HTTPMethods, preSerializationHookHandler,
  RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerBase, RawServerDefault, RouteGenericInterface, RouteHandlerMethod, RouteOptions, RouteShorthandOptions as ShorthandOptions
} from 'fastify'
import fp from 'fastify-plugin'
import { APIKIT_ERR_ROUTES } from '../core/errors.ts'
import { parseOptions } from '../core/options.ts'
import type { ResponseOptions } from '../core/plan/response-options.ts'
import { keepPlans, planOf, type RoutePlan } from '../core/plan/route-plan.ts'
import { isSchema } from '../core/schema/references.ts'
import { compilerOf, type SerializerCompiler } from './compiler.ts'
import { Declared, detailOf } from './declared.ts'
import { APIKIT_ERR_UNDECLARED_RESPONSE } from './errors.ts'
import type { Serialize } from './model.ts'
import { PlannedAnswers } from './planned-answers.ts'
import { modelKey, modelStrings, UndeclaredString } from './returned-string.ts'
import { RouteResponse } from './route-options.ts'
import type { SentSchema } from './sent.ts'

const name = 'fastify-apikit/response-model'

export const ResponseModelOptions = Type.Object({
  undeclared: Type.Optional(Type.Union([Type.Literal('error'), Type.Literal('drop')], {
    description: 'An answer with a status that its route does not declare: `error` makes it a 500, `drop` sends `{"detail": …}` in its place. ' +
      '`drop` where NODE_ENV is `production`, else `error`.'
  }))
}, { additionalProperties: false })

/** What a caller may write. */
export type ResponseModelOptions = Static<typeof ResponseModelOptions>

export * from './errors.ts'
export { type Jsonable, jsonable, type JsonableOptions } from './jsonable.ts'
export { applyPatch, fieldsSet } from './patch.ts'
export type { ResponseError, ResponseProblem } from './problems.ts'
export type { ResponseOptions, Selection } from '../core/plan/response-options.ts'

/** The config of a route that says what is sent. */
export interface Presented {
  readonly response: ResponseOptions
}

type PresentedBy<Config> = Config extends Presented ? Config['response'] : {}

const kFailed: unique symbol = Symbol('fastify-apikit.response-model.failed')
const kNearest: unique symbol = Symbol('fastify-apikit.response-model.nearest')

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What of the response model is sent, with statuses of success. Added by `fastify-apikit/response-model`. */
    response?: ResponseOptions
  }
  interface FastifyReply {
    [kFailed]?: boolean
  }
  interface FastifyInstance<RawServer, RawRequest, RawReply, Logger, TypeProvider> {
    /** How often an answer was not sent because its route does not declare it: `GET /users/:id 201`. Added by `fastify-apikit/response-model`. */
    readonly undeclaredResponses: ReadonlyMap<string, number>
    [kNearest]: SerializerCompiler | null
    // As below, for `app.route`.
    route<const Config = ContextConfigDefault, const Schema extends AnySchema = AnySchema>(
      opts: ShorthandOptions<RawServer, RawRequest, RawReply, RouteGenericInterface, Config, Schema, TypeProvider, Logger> & {
        method: HTTPMethods | HTTPMethods[]
        url: string
        handler: RouteHandlerMethod<RawServer, RawRequest, RawReply, RouteGenericInterface, Config, SentSchema<TypeProvider, Schema, PresentedBy<Config>>, TypeProvider, Logger>
      },
      ...none: Config extends Presented ? [] : [never]
    ): FastifyInstance<RawServer, RawRequest, RawReply, Logger, TypeProvider>
  }
  // A handler that returns less than the model, where `config.response` leaves the rest away.
  interface RouteShorthandMethod<
    RawServer extends RawServerBase = RawServerDefault,
    RawRequest extends RawRequestDefaultExpression<RawServer> = RawRequestDefaultExpression<RawServer>,
    RawReply extends RawReplyDefaultExpression<RawServer> = RawReplyDefaultExpression<RawServer>,
    TypeProvider extends FastifyTypeProvider = FastifyTypeProviderDefault,
    Logger extends FastifyBaseLogger = FastifyBaseLogger
  > {
    // The number of arguments is wrong for every other route: it is then passed over, and in no message of the compiler's.
    <const Config = ContextConfigDefault, const Schema extends AnySchema = AnySchema>(
      path: string,
      opts: ShorthandOptions<RawServer, RawRequest, RawReply, RouteGenericInterface, Config, Schema, TypeProvider, Logger>,
      ...handler: Config extends Presented
        ? [RouteHandlerMethod<RawServer, RawRequest, RawReply, RouteGenericInterface, Config, SentSchema<TypeProvider, Schema, Config['response']>, TypeProvider, Logger>]
        : [never, never, never]
    ): FastifyInstance<RawServer, RawRequest, RawReply, Logger, TypeProvider>
  }
}

const plugin: FastifyPluginAsync<ResponseModelOptions> = async (app, options) => {
  const { undeclared = process.env.NODE_ENV === 'production' ? 'drop' : 'error' } = parseOptions(name, ResponseModelOptions, options, app)

  if (!app.hasDecorator('undeclaredResponses')) {
    app.decorate('undeclaredResponses', new Map<string, number>())
    app.decorate(kNearest, null)
  }
  keepPlans(app)
  const compiler: SerializerCompiler = compilerOf(app, (problems, route) => {
    throw new APIKIT_ERR_ROUTES(problems.map(problem => `${route}: ${problem}`).join('\n'))
  })
  app.setSerializerCompiler(compiler)
  // Registered again in a scope within, it is that one's.
  app[kNearest] = compiler

  // The answers of error handlers are theirs, not the route's. Not decorated: Fastify would write it on every reply.
  app.addHook('onError', (_request, reply, _error, done) => {
    reply[kFailed] = true
    done()
  })

  app.addHook('onRoute', function (this: FastifyInstance, route) {
    if (this[kNearest] !== compiler) return
    const response = route.schema?.response
    const plan = planOf(this, route)
    plan.presents = true
    // A child scope, or the route itself, may have a compiler of its own.
    if (this.serializerCompiler === compiler) {
      const own = new RouteResponse(plan)
      if (isSchema(response)) route.serializerCompiler ??= routeCompiler(plan, response, own)
      plan.steps.push(refuse => { own.report(refuse) })
    }
    const declared = isSchema(response) ? new Declared(response) : undefined
    let before = nameType
    if (declared !== undefined && !declared.all) {
      const planned = new PlannedAnswers()
      plan.steps.push(refuse => { planned.compile(plan, refuse) })
      before = closing(route, { declared, planned, undeclared, counts: this.undeclaredResponses as Map<string, number> })
    }
    route.preSerialization = [...[route.preSerialization ?? []].flat(), before]
  })
}

/** JSON is UTF-8, and its type has no charset parameter (RFC 8259 §8.1, §11): FastAPI's clients see none, and Fastify adds one. */
function dropCharset (reply: FastifyReply): void {
  if (reply.getHeader('content-type') === 'application/json; charset=utf-8') reply.header('content-type', 'application/json')
}

const nameType: preSerializationHookHandler = (_request, reply, payload, done) => {
  dropCharset(reply)
  done(null, payload)
}

/** Compiles for a route, in its own scope; what is wrong is reported with all other mistakes in routes. */
function routeCompiler ({ app, route, steps }: RoutePlan, response: object, own: RouteResponse): SerializerCompiler {
  const problems: string[] = []
  const models = new Map<string, Serialize>()
  modelStrings(route, response, models)
  steps.push(refuse => { problems.forEach(refuse) })
  const compile = compilerOf(app, found => { problems.push(...found) }, own)
  return definition => {
    const model = compile(definition)
    models.set(modelKey(String(definition.httpStatus), definition.contentType), model)
    return model
  }
}

interface Closing {
  readonly declared: Declared
  readonly planned: PlannedAnswers
  readonly undeclared: 'error' | 'drop'
  readonly counts: Map<string, number>
}

/** Lets nothing out that nobody declares for the route. */
function closing (route: RouteOptions, { declared, planned, undeclared, counts }: Closing): preSerializationHookHandler {
  return (request, reply, payload, done) => {
    dropCharset(reply)
    if (declared.has(reply) || reply[kFailed]) return done(null, payload)
    if (planned.write(reply)) return done(null, payload instanceof UndeclaredString ? payload.text : payload)
    const { statusCode } = reply
    const answer = `${request.method} ${route.url} ${statusCode}`
    counts.set(answer, (counts.get(answer) ?? 0) + 1)
    const error = new APIKIT_ERR_UNDECLARED_RESPONSE({
      cause: new Error(`${request.method} ${route.url} answered ${statusCode} ${String(reply.getHeader('content-type'))}, which its schema.response lacks: declare it, or a range such as '2xx'`)
    })
    if (undeclared === 'error') return done(error)
    request.log.error({ err: error }, error.message)
    done(null, detailOf(payload, statusCode))
  }
}

export const responseModel = fp(plugin, { name, fastify: '5.x' })
export default responseModel
