/**
 * Makes `schema.response` a response model as in FastAPI: validates, filters and serializes what handlers return.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type {
  ContextConfigDefault, FastifyBaseLogger, FastifyPluginAsync, FastifySchema as AnySchema, FastifyTypeProvider, FastifyTypeProviderDefault, HTTPMethods,
  RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerBase, RawServerDefault, RouteGenericInterface, RouteHandlerMethod, RouteShorthandOptions as ShorthandOptions
} from 'fastify'
import fp from 'fastify-plugin'
import { APIKIT_ERR_ROUTES } from '../core/errors.ts'
import { parseOptions } from '../core/options.ts'
import { checkRoutes, contribute } from '../core/plan/conductor.ts'
import type { ResponseOptions } from '../core/plan/response-options.ts'
import { kFailed } from './closing.ts'
import { compilerOf, type SerializerCompiler } from './compiler.ts'
import { Mismatches } from './mismatches.ts'
import { RouteModels } from './route-models.ts'
import type { SentSchema } from './sent.ts'

const name = 'fastify-apikit/response-model'

export const ResponseModelOptions = Type.Object({
  mismatch: Type.Union([Type.Literal('refuse'), Type.Literal('report')], {
    default: 'refuse',
    description: 'What happens to a response that does not match its schema. `refuse`: a 500. `report`: it is sent as without the plugin, counted in `app.responseMismatches`, and logged as a warning.'
  }),
  undeclaredText: Type.Union([Type.Literal('text'), Type.Literal('json')], {
    default: 'text',
    description: 'How a string is sent that a handler returns on a route without a model. `text`: as `text/plain`, as Fastify does. `json`: as `"…"`, as FastAPI does. The OpenAPI document matches.'
  }),
  undeclared: Type.Optional(Type.Union([Type.Literal('error'), Type.Literal('drop')], {
    description: 'What happens to a response with an undeclared status. `error`: a 500. `drop`: `{"detail": …}` is sent instead. ' +
      'Default: `drop` if NODE_ENV is `production`, otherwise `error`. Not used with `mismatch: "report"`.'
  }))
}, { additionalProperties: false })

/** Options of the plugin. All have a default. */
export type ResponseModelOptions = Partial<Static<typeof ResponseModelOptions>>

export * from './errors.ts'
export type { Jsonable, JsonableOptions } from './jsonable-options.ts'
export { jsonable } from './jsonable.ts'
export { applyPatch, fieldsSet } from './patch.ts'
export type { ResponseError, ResponseProblem } from './problems.ts'
export type { ResponseOptions, Selection } from '../core/plan/response-options.ts'

/** The part of a route's config that selects what is sent. */
export interface Presented {
  readonly response: ResponseOptions
}

type PresentedBy<Config> = Config extends Presented ? Config['response'] : {}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Selects what is sent of the response model, for success statuses. Added by `fastify-apikit/response-model`. */
    response?: ResponseOptions
  }
  interface FastifyReply {
    [kFailed]?: boolean
  }
  interface FastifyInstance<RawServer, RawRequest, RawReply, Logger, TypeProvider> {
    /**
     * Number of responses that were not sent because their route does not declare them, by route and status: `GET /users/:id 201`.
     * Added by `fastify-apikit/response-model`.
     */
    readonly undeclaredResponses: ReadonlyMap<string, number>
    /**
     * Number of responses that were sent although they do not match their schema, with `mismatch: 'report'`, by route and status:
     * `GET /users/:id 200`. Added by `fastify-apikit/response-model`.
     */
    readonly responseMismatches: ReadonlyMap<string, number>
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
  // For handlers that may return less than the model, because `config.response` leaves fields out.
  interface RouteShorthandMethod<
    RawServer extends RawServerBase = RawServerDefault,
    RawRequest extends RawRequestDefaultExpression<RawServer> = RawRequestDefaultExpression<RawServer>,
    RawReply extends RawReplyDefaultExpression<RawServer> = RawReplyDefaultExpression<RawServer>,
    TypeProvider extends FastifyTypeProvider = FastifyTypeProviderDefault,
    Logger extends FastifyBaseLogger = FastifyBaseLogger
  > {
    // TypeScript tries overloads in order. For routes without `config.response` this one demands more arguments, so it never matches and never appears in an error.
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
  const { mismatch, undeclaredText, undeclared = process.env.NODE_ENV === 'production' ? 'drop' : 'error' } = parseOptions(name, ResponseModelOptions, options, app)

  if (!app.hasDecorator('undeclaredResponses')) app.decorate('undeclaredResponses', new Map<string, number>())
  if (!app.hasDecorator('responseMismatches')) app.decorate('responseMismatches', new Map<string, number>())
  const mismatches = new Mismatches(app, mismatch === 'report' ? app.responseMismatches as Map<string, number> : undefined)
  const compiler: SerializerCompiler = compilerOf(app, (problems, route) => {
    throw new APIKIT_ERR_ROUTES(problems.map(problem => `${route}: ${problem}`).join('\n'))
  }, mismatches)
  app.setSerializerCompiler(compiler)

  // Not decorated: Fastify would write it on every reply.
  app.addHook('onError', (_request, reply, _error, done) => {
    reply[kFailed] = true
    done()
  })

  const routes = new RouteModels(compiler, { undeclared, undeclaredText, counts: app.undeclaredResponses as Map<string, number>, mismatches })
  contribute(app, 'response-model', plan => { routes.add(plan) })
  checkRoutes(app, (declared, refuse) => { routes.checkEarly(declared, refuse) })
}

/**
 * Makes `schema.response` a response model in this scope and below: what handlers return is validated, and only declared
 * fields are sent. Register it before the routes.
 *
 * @param options What happens to responses that do not match or are not declared. By default they are a 500.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid.
 * @throws APIKIT_ERR_ROUTES at startup, when response schemas are invalid. The message lists all of them.
 * @see https://fastapi.tiangolo.com/tutorial/response-model/
 * @example
 * ```ts
 * await app.register(responseModel)
 * app.get('/users/:id', { schema: { response: { 200: User } } }, async ({ params: { id } }) => db.user(id)) // without its password
 * ```
 */
export const responseModel = fp(plugin, { name, fastify: '5.x || 6.x' })
export default responseModel
