/**
 * Converts the JSON Schema of a route to a schema of the document.
 *
 * @module
 */

import { type Codec, kCodec, kContainer, kKey } from '../types/codec.ts'
import { isMark } from '../types/typebox.ts'
import type { Schema } from '../core/plan/route-plan.ts'
import { aliasesOf } from '../core/schema/aliases.ts'
import { isSchema, References } from '../core/schema/references.ts'
import type { Direction, WrittenSchema } from './components.ts'
import { annotationsOf, besides, componentName, isOptionalReference, referredName, without, writeDictionary, writeUnion } from './keywords.ts'
import { cleanText, titleCase } from './names.ts'
import type { SchemaScope } from './schema-scope.ts'

/** Our keywords, and those of other drafts. They are left out, or written in another way. */
const DROPPED = new Set([
  '$id', '$ref', '$schema', '$comment', '$defs', 'definitions', 'alias', 'convertUnderscores', 'openapiExamples', 'hide', 'redact', 'nullable', 'additionalItems', 'discriminator', 'allowInfNan', 'failFast', 'unionMode', 'validateDefault'
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
  /** Of the schema in which it stands, whose references it has. */
  readonly writer: SchemaWriter
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
      ...fields.length > 0 && { properties: Object.fromEntries(fields.map(field => [field.alias, field.writer.#property(field)])) },
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
      return { name, alias: this.#aliasOf(field, name), schema: field, required: required.has(name) && !('default' in field), writer: this }
    })
  }

  /** A field with several names is read by any of them, and written by its own. */
  #aliasOf (field: Schema, name: string): string {
    return Array.isArray(field.alias) && this.#direction === 'output' ? name : aliasesOf(field, name)[0]
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
      return { ...isSchema(own.properties) && { properties: {} }, ...written, title: own.title ?? name, ...typeof own.description === 'string' && { description: cleanText(own.description) } }
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
    // The document leaves out what is null.
    if (key === 'const' && value === null) return { type: 'null' }
    return { [key]: ONE.has(key) && typeof value !== 'boolean' ? write(value) : value }
  }

  #union (schema: Schema, members: readonly unknown[]): WrittenSchema {
    const written = members.map(member => this.write(member))
    if (!isSchema(schema.discriminator)) return writeUnion(written)
    const { propertyName } = schema.discriminator
    const mapping = clear(members.flatMap((member, index) => this.#mappings(member, String(propertyName), written[index] as WrittenSchema)))
    const alias = members.map(member => this.#tag(member, String(propertyName))?.alias).find(alias => alias !== undefined)
    return { oneOf: written, discriminator: { mapping: Object.fromEntries(mapping), propertyName: alias ?? propertyName } }
  }

  /** The field that tells a member of a union from the others. */
  #tag (member: unknown, name: string): Field | undefined {
    const fields = this.fields(isSchema(member) ? member : {})
    return fields.find(({ alias }) => alias === name) ?? fields.find(field => field.name === name)
  }

  /** Which values mean a member; of one that is a union itself, all that mean one of its members. */
  #mappings (member: unknown, name: string, { $ref }: WrittenSchema): Array<readonly [string, unknown]> {
    const inner = isSchema(member) ? member.anyOf ?? member.oneOf : undefined
    if (Array.isArray(inner)) return inner.flatMap(one => this.#mappings(one, name, this.write(one)))
    return literalsOf(this.#tag(member, name)?.schema).map(tag => [String(tag), $ref] as const)
  }
}

/** The values of an enum, a constant, or a union of constants. */
function literalsOf (schema: unknown): unknown[] {
  if (!isSchema(schema)) return []
  if (Array.isArray(schema.enum)) return schema.enum
  if ('const' in schema) return [schema.const]
  return [schema.anyOf ?? schema.oneOf ?? []].flat().flatMap(literalsOf)
}

/** Without what means several members: OpenAPI has no word for it. */
function clear (mapping: ReadonlyArray<readonly [string, unknown]>): Array<readonly [string, unknown]> {
  return mapping.filter(([tag, ref]) => mapping.every(([other, otherRef]) => other !== tag || otherRef === ref))
}
