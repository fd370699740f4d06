/**
 * Schemas of objects → shapes: with named properties, or dictionaries.
 *
 * @module
 */

import { kContainer, kKey, kUnset } from '../../types/codec.ts'
import { ANY_KEY } from '../../types/typebox.ts'
import type { Schema } from '../plan/route-plan.ts'
import { aliasesOf } from './aliases.ts'
import { defaultOf } from './defaults.ts'
import { isSchema, type References } from './references.ts'
import { ANY, type SchemaContext, sized, titleOf } from './schema-context.ts'
import type { Extras, Field, ObjectShape, Pattern, Shape } from './shape.ts'

export function objectShape (reader: SchemaContext, schema: Schema, at: string, references: References): Shape {
  const extras = extrasOf(reader, schema.additionalProperties, at, references)
  if (schema[kContainer] === 'map') {
    const key = isSchema(schema[kKey]) ? reader.read(schema[kKey], `${at}.keys`) : undefined
    return dictShape(reader, schema, at, { key, as: 'map', value: reader.part(schema.additionalProperties, `${at}.additionalProperties`, references) })
  }
  if (isSchema(schema.patternProperties)) return recordShape(reader, schema, schema.patternProperties, extras, at, references)
  if (schema.properties === undefined && typeof extras === 'object') return dictShape(reader, schema, at, { value: extras, as: 'object' })
  if (schema.properties === undefined && extras !== 'forbid') return dictShape(reader, schema, at, { value: ANY, as: 'object' })

  const required: ReadonlySet<string> = new Set(Array.isArray(schema.required) ? schema.required : [])
  const described = isSchema(schema.properties) ? schema.properties : {}
  // A key may be required and not described: then it is whatever an extra may be.
  const additional = typeof extras === 'object' ? schema.additionalProperties : {}
  const others = [...required].filter(name => !Object.hasOwn(described, name)).map(name => [name, additional])
  const properties = { ...described, ...Object.fromEntries(others) }
  const read = Object.entries(properties).map(([name, property]) => fieldOf(reader, name, property, required.has(name), at, references))
  const fields = schema[kUnset] === true ? read.map(field => ({ ...field, makeDefault: undefined })) : read
  const title = titleOf(schema) ?? (typeof schema.$id === 'string' ? schema.$id : undefined)
  const object: ObjectShape = { kind: 'object', title, fields, extras }
  return reader.checked(schema, 'object', at, object)
}

function fieldOf (reader: SchemaContext, name: string, property: unknown, required: boolean, at: string, references: References): Field {
  const schema = isSchema(property) ? property : {}
  const [alias, ...choices] = aliasesOf(schema, name)
  const shape = reader.part(property, `${at}.${name}`, references)
  return {
    name,
    alias,
    choices: choices.length > 0 ? choices : undefined,
    shape,
    required: required && !('default' in schema),
    makeDefault: defaultOf(schema, shape, reader.parsers),
    convertUnderscores: schema.convertUnderscores !== false && alias === name && choices.length === 0
  }
}

function extrasOf (reader: SchemaContext, additional: unknown, at: string, references: References): Extras {
  if (additional === undefined) return 'ignore'
  if (typeof additional === 'boolean') return additional ? 'keep' : 'forbid'
  return reader.part(additional, `${at}.additionalProperties`, references)
}

function recordShape (reader: SchemaContext, schema: Schema, patterns: Schema, others: Extras, at: string, references: References): Shape {
  const [entry, second] = Object.entries(patterns)
  if (entry === undefined || second !== undefined || schema.properties !== undefined) {
    return reader.refuse(at, 'patternProperties is supported only with one pattern and without properties. For keys beside properties, use additionalProperties with the schema of their values')
  }
  const [pattern, value] = entry
  const keyPattern = ANY_KEY.has(pattern) ? undefined : reader.pattern(pattern, at)
  return dictShape(reader, schema, at, { value: reader.part(value, `${at}.patternProperties`, references), keyPattern, others, as: 'object' })
}

function dictShape (reader: SchemaContext, schema: Schema, at: string, dict: { key?: Shape | undefined, keyPattern?: Pattern | undefined, others?: Extras, value: Shape, as: 'object' | 'map' }): Shape {
  return reader.checked(schema, 'dict', at, { kind: 'dict', others: 'ignore', failFast: schema.failFast === true, ...dict, ...sized(schema.minProperties, schema.maxProperties) })
}
