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
 * JSON inside a string, as forms and query strings carry it: the handler gets what is in it, checked by `schema`.
 * FastAPI's `Json[T]`. What is no JSON is a `json_invalid` that says where, what is no text a `json_type`.
 *
 * @param schema of what is in the string; anything unless given
 * @param options of the string
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
