/**
 * Reads, decodes and checks every part of a request by its schema, with FastAPI's rules and FastAPI's answer.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { Ajv } from 'ajv'
import type {
  ContextConfigDefault, FastifyBaseLogger, FastifyPluginAsync, FastifySchema, FastifyTypeProvider, FastifyTypeProviderDefault,
  RawRequestDefaultExpression, RawServerBase, RawServerDefault, RouteGenericInterface
} from 'fastify'
import type { CallValidatorTypeProvider, FastifyRequestType, ResolveFastifyRequestType } from 'fastify/types/type-provider.js'
import fp from 'fastify-plugin'
import { parseOptions } from '../core/options.ts'
import { checkRoutes, contribute } from '../core/plan/conductor.ts'
import { limitScope } from './body-limit.ts'
import { readBodies } from './content-types.ts'
import { screenOf } from './poisoning.ts'
import type { RequestReading } from './request-reader.ts'
import { RouteValidator } from './route-validator.ts'
import type { kReading } from './state.ts'

const name = 'fastify-apikit/validation'

export const ValidationOptions = Type.Object({
  format: Type.Union([Type.Literal('fastapi'), Type.Literal('problem')], {
    default: 'fastapi',
    description: 'How a wrong request is answered: FastAPI’s `{"detail": […]}`, or problem details (RFC 9457) with the same issues in `errors`.'
  }),
  status: Type.Integer({ default: 422, minimum: 400, maximum: 499, description: 'Status of that answer.' }),
  maxIssues: Type.Integer({ default: 100, minimum: 1, maximum: 10000, description: 'Issues in one answer; after that many nothing more is looked at.' }),
  hideInput: Type.Boolean({ default: false, description: 'Leave what was sent, `input`, out of all issues. That of `Secret()` and of fields with `writeOnly` or `redact` is left out anyway.' }),
  strictContentType: Type.Boolean({
    default: true,
    description: 'A body without a content type is no JSON. `false` reads it as JSON, which lets other web sites send it from a browser.'
  }),
  maxBodySize: Type.Optional(Type.Integer({
    minimum: 0,
    description: 'Bytes of a body for the routes of this scope and below, and for paths without a route: as received, and, where the parser reads the whole body, as a `preParsing` hook has decoded them. A route has `config.maxBodySize`, or Fastify’s `bodyLimit`. Default: that of the scope above, or Fastify’s `bodyLimit`.'
  })),
  ajv: Type.Optional(Type.Unsafe<Ajv>(Type.Any({
    description: 'Answers for the keywords that the parser does not know, in place of a strict Ajv with ajv-formats.'
  })))
}, { additionalProperties: false })

/** What a caller may write: every option has a default. */
export type ValidationOptions = Partial<Static<typeof ValidationOptions>>

export * from './errors.ts'
export type { Issue } from '../core/schema/issue.ts'
export { parse } from './parse.ts'
export { type Format, RequestValidationError } from './request-validation-error.ts'
export { ValidationError } from './validation-error.ts'

/** The type of `request.cookieParams`, from `schema.cookies`. */
export type CookieParams<TypeProvider extends FastifyTypeProvider, SchemaCompiler> =
  SchemaCompiler extends { cookies: infer Cookies } ? CallValidatorTypeProvider<TypeProvider, Cookies> : unknown

declare module 'fastify' {
  interface FastifySchema {
    /** Cookies of the request, decoded into `request.cookieParams`. Added by `fastify-apikit/validation`. */
    cookies?: unknown
  }
  interface FastifyContextConfig {
    /** Bytes of a body of this route, in place of the scope’s `maxBodySize`; more is a 413. `null` is the scope’s. Added by `fastify-apikit/validation`. */
    maxBodySize?: number | null
  }
  interface FastifyRequest<RouteGeneric extends RouteGenericInterface = RouteGenericInterface,
    RawServer extends RawServerBase = RawServerDefault,
    RawRequest extends RawRequestDefaultExpression<RawServer> = RawRequestDefaultExpression<RawServer>,
    SchemaCompiler extends FastifySchema = FastifySchema,
    TypeProvider extends FastifyTypeProvider = FastifyTypeProviderDefault,
    ContextConfig = ContextConfigDefault,
    Logger extends FastifyBaseLogger = FastifyBaseLogger,
    RequestType extends FastifyRequestType = ResolveFastifyRequestType<TypeProvider, SchemaCompiler, RouteGeneric>> {
    /** The cookies that `schema.cookies` describes. Added by `fastify-apikit/validation`. */
    cookieParams: CookieParams<TypeProvider, SchemaCompiler>
    // Set where it is needed: a decorator would be written on every request.
    [kReading]?: RequestReading
  }
}

const plugin: FastifyPluginAsync<ValidationOptions> = async (app, options) => {
  const { maxBodySize, ...parsed } = parseOptions(name, ValidationOptions, options, app)
  const validator = new RouteValidator(parsed, screenOf(app))
  if (maxBodySize !== undefined) limitScope(app, maxBodySize)
  readBodies(app, validator)
  app.setValidatorCompiler(validator.compiler)
  app.addHook('onReady', async () => { validator.isReady = true })
  contribute(app, 'validation', plan => { validator.add(plan) })
  checkRoutes(app, (declared, refuse) => { validator.checkEarly(declared, refuse) })
}

export const validation = fp(plugin, { name, fastify: '5.x || 6.x' })
export default validation
