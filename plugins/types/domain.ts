/**
 * How a domain type becomes a TypeBox schema.
 *
 * @module
 */

import type { TSchema, TUnsafe } from '@fastify/type-provider-typebox'
import { Kind, type SchemaOptions, Type, TypeRegistry } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { type Codec, kCodec, kContainer, kKey } from './codec.ts'

/** TypeBox's kind of all schemas made here, so that its own `Value.Check` and `TypeCompiler` know them. */
const KIND = 'fastify-apikit.domain'

/** What a schema made here carries beside its JSON Schema. */
export interface Marks {
  readonly [kCodec]?: unknown
  readonly [kContainer]?: 'set' | 'map' | 'json'
  readonly [kKey]?: TSchema
  readonly [mark: symbol]: unknown
}

/** A schema whose `Static` is the domain type, whatever its JSON Schema says. */
export function domain<Domain> (wire: object, options: SchemaOptions | undefined, marks: Marks): TUnsafe<Domain> {
  return Type.Unsafe<Domain>({ ...wire, ...options, ...marks, [Kind]: KIND })
}

function every (values: Iterable<unknown>, schema: unknown): boolean {
  for (const value of values) if (!Value.Check(schema as TSchema, value)) return false
  return true
}

/** Whether a value is of the domain: a `Date`, a `Set` of what its items say. */
function check (schema: TSchema & Marks, value: unknown): boolean {
  const codec = schema[kCodec] as Codec | undefined
  if (codec !== undefined) return codec.is(value)
  switch (schema[kContainer]) {
    case 'set': return value instanceof Set && every(value, schema.items)
    case 'map': return value instanceof Map && every(value.keys(), schema[kKey]) && every(value.values(), schema.additionalProperties)
    default: return Value.Check(schema.contentSchema, value)
  }
}

TypeRegistry.Set(KIND, check)
