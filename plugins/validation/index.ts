/**
 * Reads, converts and validates every part of a request by its schema, with FastAPI's rules and FastAPI's 422.
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
    description: 'Format of the error response: `fastapi` is `{"detail": […]}`, `problem` is problem details (RFC 9457) with the issues in `errors`.'
  }),
  status: Type.Integer({ default: 422, minimum: 400, maximum: 499, description: 'Status of the error response.' }),
  maxIssues: Type.Integer({ default: 100, minimum: 1, maximum: 10000, description: 'Maximum number of issues in an error response. Validation stops there.' }),
  hideInput: Type.Boolean({ default: false, description: 'Omits `input`, the value that was sent, from all issues. It is always omitted for `Secret()` and for fields with `writeOnly` or `redact`.' }),
  strictContentType: Type.Boolean({
    default: true,
    description: 'If `false`, a body without a content type is read as JSON. Other web sites can then send such bodies from a browser.'
  }),
  maxBodySize: Type.Optional(Type.Integer({
    minimum: 0,
    description: 'Maximum body size in bytes, for this scope, the scopes below and unknown paths. Counted as received, and again after decompression in a `preParsing` hook. `config.maxBodySize` or `bodyLimit` of a route replaces it. Default: the value of the scope above, or Fastify’s `bodyLimit`.'
  })),
  ajv: Type.Optional(Type.Unsafe<Ajv>(Type.Any({
    description: 'Ajv instance for keywords that the plugin does not implement, such as `format` and `not`. Default: a strict Ajv with ajv-formats.'
  })))
}, { additionalProperties: false })

/** Options of the plugin. All of them have a default. */
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
    /** Schema of the cookies, which are decoded into `request.cookieParams`. Added by `fastify-apikit/validation`. */
    cookies?: unknown
  }
  interface FastifyContextConfig {
    /** Maximum body size of this route in bytes. Larger bodies are answered with 413. `null` uses `maxBodySize` of the scope. Added by `fastify-apikit/validation`. */
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
    /** Cookies described by `schema.cookies`. Added by `fastify-apikit/validation`. */
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
