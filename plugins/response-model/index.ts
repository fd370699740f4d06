/**
 * Makes `schema.response` the model of what is sent: checked, filtered, encoded as FastAPI's response models are.
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
    description: 'An answer that does not fit what its route declares: `refuse` makes it a 500. `report` sends it as Fastify does without the plugin, counts it in `app.responseMismatches` and logs a warning.'
  }),
  undeclaredText: Type.Union([Type.Literal('text'), Type.Literal('json')], {
    default: 'text',
    description: 'A string that a handler returns on a route without a model: `text` sends it as `text/plain`, as Fastify does, `json` as `"…"`, as FastAPI does. The OpenAPI document says which.'
  }),
  undeclared: Type.Optional(Type.Union([Type.Literal('error'), Type.Literal('drop')], {
    description: 'An answer with a status that its route does not declare: `error` makes it a 500, `drop` sends `{"detail": …}` in its place. ' +
      '`drop` where NODE_ENV is `production`, else `error`. Not used with `mismatch: "report"`.'
  }))
}, { additionalProperties: false })

/** What a caller may write. */
export type ResponseModelOptions = Partial<Static<typeof ResponseModelOptions>>

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
    /** How often an answer was sent although it does not fit what its route declares, with `mismatch: 'report'`: `GET /users/:id 200`. Added by `fastify-apikit/response-model`. */
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

export const responseModel = fp(plugin, { name, fastify: '5.x || 6.x' })
export default responseModel
