/**
 * Makes `schema.response` the model of what is sent: checked, filtered, encoded as FastAPI's response models are.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, preSerializationHookHandler, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { APIKIT_ERR_ROUTES } from '../internal/errors.ts'
import { parseOptions } from '../internal/options.ts'
import { keepPlans, planOf } from '../internal/route-plan.ts'
import { isSchema } from '../internal/schema/references.ts'
import { compilerOf, type SerializerCompiler } from './compiler.ts'
import { Declared, detailOf } from './declared.ts'
import { APIKIT_ERR_UNDECLARED_RESPONSE } from './errors.ts'
import type { Serialize } from './model.ts'
import { modelStrings } from './returned-string.ts'

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
export type { ResponseError, ResponseProblem } from './problems.ts'

const kFailed: unique symbol = Symbol('fastify-apikit.response-model.failed')

declare module 'fastify' {
  interface FastifyReply {
    [kFailed]?: boolean
  }
}

const plugin: FastifyPluginAsync<ResponseModelOptions> = async (app, options) => {
  const { undeclared = process.env.NODE_ENV === 'production' ? 'drop' : 'error' } = parseOptions(name, ResponseModelOptions, options)

  keepPlans(app)
  const compiler: SerializerCompiler = compilerOf(app, (problems, route) => {
    throw new APIKIT_ERR_ROUTES(problems.map(problem => `${route}: ${problem}`).join('\n'))
  })
  app.setSerializerCompiler(compiler)

  // The answers of error handlers are theirs, not the route's. Not decorated: Fastify would write it on every reply.
  app.addHook('onError', (_request, reply, _error, done) => {
    reply[kFailed] = true
    done()
  })

  app.addHook('onRoute', function (this: FastifyInstance, route) {
    const response = route.schema?.response
    // A child scope, or the route itself, may have a compiler of its own.
    if (isSchema(response) && this.serializerCompiler === compiler) route.serializerCompiler ??= routeCompiler(this, route, response)
    const declared = isSchema(response) ? new Declared(response) : undefined
    const before = declared === undefined || declared.all ? nameType : closing(route, declared, undeclared)
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
function routeCompiler (app: FastifyInstance, route: RouteOptions, response: object): SerializerCompiler {
  const problems: string[] = []
  const models = new Map<string, Serialize>()
  modelStrings(route, response, models)
  planOf(app, route).steps.push(refuse => { problems.forEach(refuse) })
  const compile = compilerOf(app, found => { problems.push(...found) })
  return definition => {
    const model = compile(definition)
    models.set(String(definition.httpStatus), model)
    return model
  }
}

/** Lets nothing out that the route does not declare. */
function closing (route: RouteOptions, declared: Declared, undeclared: 'error' | 'drop'): preSerializationHookHandler {
  return (request, reply, payload, done) => {
    dropCharset(reply)
    if (declared.has(reply) || reply[kFailed]) return done(null, payload)
    const { statusCode } = reply
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
