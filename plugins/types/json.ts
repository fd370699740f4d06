/**
 * JSON inside a string.
 *
 * @module
 */

import type { Static, TSchema, TUnsafe } from '@fastify/type-provider-typebox'
import { type SchemaOptions, Type } from '@sinclair/typebox'
import { kContainer } from './codec.ts'
import { domain } from './domain.ts'

/**
 * Declares JSON inside a string, as in forms and query strings. The handler gets the parsed value, validated by `schema`. FastAPI's
 * `Json[T]`. Errors: `json_invalid` with the position, `json_type`.
 *
 * @param schema Schema of the parsed value. Default: any.
 * @param options Options of the string.
 * @example
 * ```ts
 * const Query = Type.Object({ filter: Json(Type.Object({ tag: Type.String() })) }) // ?filter={"tag":"a"}
 * ```
 */
export function Json (): TUnsafe<unknown>
export function Json<T extends TSchema> (schema: T, options?: SchemaOptions): TUnsafe<Static<T>>
export function Json (schema: TSchema = Type.Unknown(), options?: SchemaOptions): TUnsafe<unknown> {
  return domain({ type: 'string', contentMediaType: 'application/json', contentSchema: schema }, options, { [kContainer]: 'json' })
}
