/**
 * Converts the JSON Schema of a route to a schema of the document.
 *
 * @module
 */

import { type Codec, kCodec, kContainer, kKey } from '../types/index.ts'
import { isMark } from '../types/typebox.ts'
import type { Schema } from '../core/plan/route-plan.ts'
import { isSchema, References } from '../core/schema/references.ts'
import type { Direction, WrittenSchema } from './components.ts'
import { annotationsOf, besides, componentName, isOptionalReference, referredName, without, writeDictionary, writeUnion } from './keywords.ts'
import { cleanText, titleCase } from './names.ts'
import type { SchemaScope } from './schema-scope.ts'

/** Our keywords, and those of other drafts. They are left out, or written in another way. */
const DROPPED = new Set([
  '$id', '$ref', '$schema', '$comment', '$defs', 'definitions', 'alias', 'convertUnderscores', 'openapiExamples', 'hide', 'redact', 'nullable', 'additionalItems', 'discriminator'
])

// Keywords whose values are schemas: one, several, or by name.
const ONE = new Set(['items', 'not', 'if', 'then', 'else', 'contains', 'propertyNames', 'additionalProperties', 'unevaluatedProperties', 'unevaluatedItems', 'contentSchema'])
const SEVERAL = new Set(['prefixItems', 'allOf'])
const NAMED = new Set(['patternProperties', 'dependentSchemas'])

/** A property of an object, or a parameter of a request. */
export interface Field {
  /** Name in the schema. */
  readonly name: string
  /** Name on the wire. */
  readonly alias: string
  readonly schema: Schema
  readonly required: boolean
}

export class SchemaWriter {
  readonly #scope: SchemaScope
  readonly #references: References
  readonly #direction: Direction

  constructor (scope: SchemaScope, references: References, direction: Direction) {
    this.#scope = scope
    this.#references = references
    this.#direction = direction
  }

  write (schema: unknown): WrittenSchema {
    if (!isSchema(schema)) return schema === false ? { not: {} } : {}
    const referred = this.#resolve(schema)
    if (referred !== undefined) {
      const { schema: target, writer } = referred
      return { ...writer.#reference(target, referredName(target, String(schema.$ref))), ...besides(schema, {}) }
    }
    const name = componentName(schema)
    return name === undefined ? this.#inline(schema) : this.#reference(schema, name)
  }

  /** Writes a parameter, body or response. One that is not a component has a title of its own. */
  titled (schema: Schema, title: string): WrittenSchema {
    const written = this.write(schema)
    return '$ref' in written ? written : { ...written, title: schema.title ?? title }
  }

  /** Writes an object with these fields. */
  object (fields: readonly Field[]): WrittenSchema {
    const required = fields.filter(field => field.required).map(({ alias }) => alias)
    return {
      ...fields.length > 0 && { properties: Object.fromEntries(fields.map(field => [field.alias, this.#property(field)])) },
      type: 'object',
      ...required.length > 0 && { required }
    }
  }

  /** Returns the properties of an object, through references and `allOf`. */
  fields (schema: Schema): Field[] {
    const referred = this.#resolve(schema)
    if (referred !== undefined) return referred.writer.fields(referred.schema)
    const members = Array.isArray(schema.allOf) ? schema.allOf.filter(isSchema) : []
    return [...members.flatMap(member => this.fields(member)), ...this.#ownFields(schema)]
  }

  #ownFields (schema: Schema): Field[] {
    const required = new Set(Array.isArray(schema.required) ? schema.required : [])
    return Object.entries(isSchema(schema.properties) ? schema.properties : {}).map(([name, property]) => {
      const field = isSchema(property) ? property : {}
      return { name, alias: typeof field.alias === 'string' ? field.alias : name, schema: field, required: required.has(name) && !('default' in field) }
    })
  }

  /** Returns the schema of a reference, `{}` if there is none. */
  #resolve ({ $ref }: Schema): { schema: Schema, writer: SchemaWriter } | undefined {
    const found = typeof $ref === 'string' ? this.#references.find($ref) : undefined
    return found && { schema: found.schema, writer: new SchemaWriter(this.#scope, found.references, this.#direction) }
  }

  #property ({ alias, schema }: Field): WrittenSchema {
    const written = this.write(schema)
    if ('$ref' in written || 'title' in written || isOptionalReference(written)) return written
    return { ...written, title: titleCase(alias).trim() }
  }

  #reference (schema: Schema, name: string): WrittenSchema {
    const model = this.#scope.model(schema, name, this.#direction, own => {
      const written = this.#inline(own)
      return { ...written, title: own.title ?? name, ...typeof own.description === 'string' && { description: cleanText(own.description) } }
    })
    return { $ref: model.component, ...besides(schema, model.schema) }
  }

  #inline (schema: Schema): WrittenSchema {
    if (this.#direction === 'output') {
      // Several input forms are written as one.
      if (schema[kContainer] === 'json') return { ...this.write(schema.contentSchema), ...annotationsOf(schema) }
      if ((schema[kCodec] as Codec | undefined)?.label === 'decimal') return { ...(schema.anyOf as Schema[]).at(-1), ...annotationsOf(schema) }
    }
    const written: WrittenSchema = {}
    for (const [key, value] of Object.entries(schema)) if (!DROPPED.has(key) && !isMark(key)) Object.assign(written, this.#keyword(schema, key, value))
    if (schema.type === 'object') writeDictionary(written, isSchema(schema[kKey]) ? this.write(schema[kKey]) : undefined)
    if (schema.nullable !== true) return written
    const annotations = annotationsOf(written)
    return { ...writeUnion([without(written, ...Object.keys(annotations)), { type: 'null' }]), ...annotations }
  }

  #keyword (schema: Schema, key: string, value: unknown): WrittenSchema {
    const write = (inner: unknown): WrittenSchema => this.write(inner)
    if (key === 'properties') return this.object(this.#ownFields(schema))
    if (key === 'required') return isSchema(schema.properties) ? {} : { required: value }
    if (key === 'anyOf' || key === 'oneOf') return this.#union(schema, value as unknown[])
    if (key === 'items' && Array.isArray(value)) return { prefixItems: value.map(write) }
    if (SEVERAL.has(key) && Array.isArray(value)) return { [key]: value.map(write) }
    if (NAMED.has(key) && isSchema(value)) return { [key]: Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, write(inner)])) }
    return { [key]: ONE.has(key) && typeof value !== 'boolean' ? write(value) : value }
  }

  #union (schema: Schema, members: readonly unknown[]): WrittenSchema {
    const written = members.map(member => this.write(member))
    if (!isSchema(schema.discriminator)) return writeUnion(written)
    const { propertyName } = schema.discriminator
    const mapping = members.flatMap((member, index) => {
      const tag = this.fields(isSchema(member) ? member : {}).find(({ alias }) => alias === propertyName)?.schema
      const tags = Array.isArray(tag?.enum) ? tag.enum : [tag?.const]
      return tags.filter(tag => tag !== undefined).map(tag => [String(tag), written[index]?.$ref] as const)
    })
    return { oneOf: written, discriminator: { mapping: Object.fromEntries(mapping), propertyName } }
  }
}
