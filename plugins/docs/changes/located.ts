/**
 * Schemas of a document, with their references resolved.
 *
 * @module
 */

import type { Schema } from '../../core/plan/route-plan.ts'
import { isSchema } from '../../core/schema/references.ts'

/** A part of a document: a reference leads somewhere in it. */
export interface Located {
  readonly schema: unknown
  readonly document: object
}

/** References may be circular. */
const MAX_HOPS = 100

/** What a reference leads to, and what stands beside it; `true` is `{}`, and `false` is `{ not: {} }`. */
export function resolved ({ schema, document }: Located): Schema {
  if (!isSchema(schema)) return schema === false ? { not: {} } : {}
  let found = schema
  for (let hops = 0; typeof found.$ref === 'string' && hops < MAX_HOPS; hops++) {
    const { $ref, ...beside } = found
    const tokens = $ref.split('/').slice(1).map(token => decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~'))
    found = { ...Object(tokens.reduce<unknown>((value, token) => Object(value)[token], document)), ...beside }
  }
  return found
}

/** The members of a union, those of its members too; a list of types is one. */
export function membersOf (located: Located): Located[] {
  const { document } = located
  const schema = resolved(located)
  const { anyOf, oneOf, type, ...rest } = schema
  const members = [anyOf, oneOf].find(Array.isArray)
  if (members !== undefined) return members.flatMap(member => membersOf({ schema: member, document }))
  return Array.isArray(type) ? type.map(one => ({ schema: { ...rest, type: one }, document })) : [{ schema, document }]
}

const TYPES = ['array', 'boolean', 'null', 'number', 'object', 'string']

/** The types that a value may have. */
export function typesOf (schema: Schema): readonly string[] {
  const { type, not, allOf, properties } = schema
  if (isSchema(not) && Object.keys(not).length === 0) return []
  if (typeof type === 'string') return [type]
  const values = valuesOf(schema)
  if (values !== undefined) return [...new Set(values.map(typeOf))]
  return Array.isArray(allOf) || isSchema(properties) ? ['object'] : TYPES
}

function typeOf (value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

/** The values of an enum, or the one of a type that has no other. */
export function valuesOf ({ type, const: constant, enum: members }: Schema): readonly unknown[] | undefined {
  if (type === 'null') return [null]
  return constant === undefined ? Array.isArray(members) ? members : undefined : [constant]
}

/** Returns the name of a schema for messages. */
export function nameOf (schema: Schema): string {
  const values = valuesOf(schema)
  if (values !== undefined) return values.map(value => JSON.stringify(value)).join(' or ')
  const types = typesOf(schema)
  if (typeof schema.title === 'string' && types.join() === 'object') return schema.title
  return types.length === TYPES.length ? 'anything' : types.length === 0 ? 'nothing' : types.join(' or ')
}

export interface ObjectFields {
  readonly properties: Readonly<Record<string, unknown>>
  readonly required: readonly string[]
  /** What other fields have to be. */
  readonly rest: unknown
}

/** What an object has, and what the members of an intersection have. */
export function objectOf (located: Located): ObjectFields {
  const { allOf, properties, required, additionalProperties } = resolved(located)
  const parts = Array.isArray(allOf) ? allOf.map(schema => objectOf({ ...located, schema })) : []
  const rests = [...parts.map(({ rest }) => rest), additionalProperties].filter(rest => rest !== undefined && rest !== true)
  return {
    properties: Object.assign({}, ...parts.map(part => part.properties), properties),
    required: [...parts.flatMap(part => part.required), ...Array.isArray(required) ? required : []],
    rest: rests.at(-1)
  }
}
