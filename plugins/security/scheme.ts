/**
 * What all security schemes have in common: a dependency that enforces itself, and documents what it enforces.
 *
 * @module
 */

import { type TObject, type TProperties, Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { type Dependency, dependency } from '../dependencies/index.ts'
import { Unauthorized } from '../errors/index.ts'
import { parseOptions } from '../core/options.ts'

/** Options of every scheme. */
export interface SchemeOptions<Optional extends boolean = boolean> {
  /** Its name in `components.securitySchemes`; FastAPI's name of its kind by default. */
  readonly schemeName?: string
  /** Text about it, in Markdown. */
  readonly description?: string
  /**
   * Whether a request without credentials passes, with `null` for a value: FastAPI's `auto_error=False`. `false` by default.
   * Whoever uses the value has to look at it then.
   */
  readonly optional?: Optional
  /** Makes the error for a request without credentials; 401 "Not authenticated" with `WWW-Authenticate` by default. */
  readonly notAuthenticated?: () => Error
}

/** The value of a scheme: `null` only where it is optional. */
export type Authenticated<Value, Optional extends boolean> = Optional extends true ? Value | null : Value

/** Answers that the credentials which were sent are none. */
export type Reject = () => never

/** What tells one kind of scheme from another. */
export interface SchemeKind<Value> {
  readonly schemeName: string
  /** As in `components.securitySchemes`, but for the description. */
  readonly document: Readonly<Record<string, unknown>>
  /** The value of `WWW-Authenticate`. */
  readonly challenge: string
  /** @returns `undefined` when there are no credentials of this kind */
  readonly read: (request: FastifyRequest, reject: Reject) => Value | undefined
}

const COMMON = {
  schemeName: Type.Optional(Type.String({ minLength: 1 })),
  description: Type.Optional(Type.String()),
  optional: Type.Optional(Type.Boolean()),
  notAuthenticated: Type.Optional(Type.Function([], Type.Any()))
}

/** The schema of the options of one kind. */
export function optionsSchema (own: TProperties): TObject {
  return Type.Object({ ...own, ...COMMON }, { additionalProperties: false })
}

/**
 * Makes the dependency.
 *
 * @param maker for messages: `httpBearer`
 * @throws APIKIT_ERR_INVALID_OPTIONS
 */
export function schemeDependency<Value, Optional extends boolean> (
  maker: string, schema: TObject, options: SchemeOptions<Optional>, kindOf: () => SchemeKind<Value>
): Dependency<Authenticated<Value, Optional>> {
  parseOptions(`fastify-apikit/security: ${maker}`, schema, options)
  const { schemeName, document, challenge, read } = kindOf()
  const { description, optional = false, notAuthenticated = () => new Unauthorized('Not authenticated', { 'www-authenticate': challenge }) } = options
  const reject = (): never => { throw notAuthenticated() }
  const security = { [options.schemeName ?? schemeName]: { ...description !== undefined && { description }, ...document } }
  // TypeScript does not follow a condition on a type that is not known yet.
  return dependency({ security }, ({ request }) => read(request, reject) ?? (optional ? null : reject())) as Dependency<Authenticated<Value, Optional>>
}

/** A value in a header as RFC 9110 §5.6.4 quotes it. */
export function quoted (text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}
