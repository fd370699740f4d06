/**
 * The base of all security schemes: a dependency that enforces and documents a scheme.
 *
 * @module
 */

import { type TObject, type TProperties, Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { type Dependency, dependency } from '../dependencies/index.ts'
import { Unauthorized } from '../errors/index.ts'
import { parseOptions } from '../core/options.ts'

/** Options of all schemes. */
export interface SchemeOptions<Optional extends boolean = boolean> {
  /** Name in `components.securitySchemes`. By default FastAPI's name for the kind. */
  readonly schemeName?: string
  /** Description for the document, in Markdown. */
  readonly description?: string
  /** If true, a request without credentials passes, and the value is `null`: FastAPI's `auto_error=False`. Check the value then. Default: false. */
  readonly optional?: Optional
  /** Creates the error for a request without credentials. Default: 401 "Not authenticated" with `WWW-Authenticate`. */
  readonly notAuthenticated?: () => Error
}

/** The value of a scheme, `null` only if it is optional. */
export type Authenticated<Value, Optional extends boolean> = Optional extends true ? Value | null : Value

/** Throws the 401 for malformed credentials. */
export type Reject = () => never

/** The properties of one kind of scheme. */
export interface SchemeKind<Value> {
  readonly schemeName: string
  /** The scheme as in `components.securitySchemes`, without the description. */
  readonly document: Readonly<Record<string, unknown>>
  /** The value of `WWW-Authenticate`. */
  readonly challenge: string
  /** @returns The value, or `undefined` without credentials of this kind. */
  readonly read: (request: FastifyRequest, reject: Reject) => Value | undefined
}

const COMMON = {
  schemeName: Type.Optional(Type.String({ minLength: 1 })),
  description: Type.Optional(Type.String()),
  optional: Type.Optional(Type.Boolean()),
  notAuthenticated: Type.Optional(Type.Function([], Type.Any()))
}

/** Creates the schema of the options of one kind. */
export function optionsSchema (own: TProperties): TObject {
  return Type.Object({ ...own, ...COMMON }, { additionalProperties: false })
}

/**
 * Creates the dependency.
 *
 * @param maker Name of the function, for messages: `httpBearer`.
 * @throws APIKIT_ERR_INVALID_OPTIONS when an option is unknown or invalid.
 */
export function schemeDependency<Value, Optional extends boolean> (
  maker: string, schema: TObject, options: SchemeOptions<Optional>, kindOf: () => SchemeKind<Value>
): Dependency<Authenticated<Value, Optional>> {
  parseOptions(`fastify-apikit/security: ${maker}`, schema, options)
  const { schemeName, document, challenge, read } = kindOf()
  const { description, optional = false, notAuthenticated = () => new Unauthorized('Not authenticated', { 'www-authenticate': challenge }) } = options
  const reject = (): never => { throw notAuthenticated() }
  const security = { [options.schemeName ?? schemeName]: { ...description !== undefined && { description }, ...document } }
  // TypeScript does not evaluate a conditional type of an unknown type parameter.
  return dependency({ security }, ({ request }) => read(request, reject) ?? (optional ? null : reject())) as Dependency<Authenticated<Value, Optional>>
}

/** Quotes a header value as in RFC 9110 §5.6.4. */
export function quoted (text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}
