/**
 * Recognises schemas other than JSON Schema: those of builders, which can become one, and those of other libraries.
 *
 * @module
 */

import type { RouteOptions } from 'fastify'
import { isSchema } from './references.ts'

/** Set by fluent-json-schema, and by what imitates it: Fastify unwraps such schemas too, but only when a route is compiled. */
const kFluent = Symbol.for('fluent-schema-object')

/** Returns the JSON Schema of a builder such as fluent-json-schema, or the value itself. */
export function plainSchema (schema: unknown): unknown {
  const isBuilt = isSchema(schema) && (schema.isFluentSchema === true || kFluent in schema)
  return isBuilt ? schema.valueOf() : schema
}

const PARTS = ['params', 'querystring', 'query', 'headers', 'cookies', 'body'] as const

/** Unwraps the schemas of a route in place. */
export function unwrapSchemas ({ schema }: Pick<RouteOptions, 'schema'>): void {
  if (!isSchema(schema)) return
  for (const part of PARTS) unwrap(schema, part)
  for (const holder of [schema.body, ...Object.values(Object(schema.response))]) unwrapContent(holder)
  for (const status of Object.keys(Object(schema.response))) unwrap(schema.response, status)
}

function unwrapContent (holder: unknown): void {
  for (const media of Object.values(Object(Object(holder).content))) unwrap(media, 'schema')
}

/** Writes only where there is something to unwrap: schemas may be frozen. */
function unwrap (holder: unknown, key: string): void {
  const plain = plainSchema(Object(holder)[key])
  if (plain !== Object(holder)[key]) Reflect.set(holder as object, key, plain)
}

/** Returns the library of a schema that implements Standard Schema (zod, valibot, arktype …). JSON Schema does not. */
export function foreignLibrary (schema: unknown): string | undefined {
  const standard: unknown = Object(schema)['~standard']
  return isSchema(standard) ? String(standard.vendor) : undefined
}
