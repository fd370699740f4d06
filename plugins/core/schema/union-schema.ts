/**
 * Schemas of several → the shape of one: any of them, the one with its tag, all of them.
 *
 * @module
 */

import type { Schema } from '../plan/route-plan.ts'
import { isSchema, type References } from './references.ts'
import { type SchemaContext, titleOf } from './schema-context.ts'
import { bare, type Extras, type Field, type Shape } from './shape.ts'

/** @param shapes of its members, but null */
export function unionShape (reader: SchemaContext, schema: Schema, shapes: readonly Shape[], at: string): Shape {
  const [first] = shapes
  if (first === undefined) return { kind: 'null' }
  if (shapes.length === 1) return first
  if (isSchema(schema.discriminator)) return taggedShape(reader, String(schema.discriminator.propertyName), shapes, at)
  if (schema.unionMode === 'left_to_right') return { kind: 'union', members: shapes, takesFirst: true }
  if (schema.unionMode !== undefined && schema.unionMode !== 'smart') return reader.refuse(at, `unionMode must be "smart" or "left_to_right", got ${JSON.stringify(schema.unionMode)}`)
  const literals = shapes.filter(shape => shape.kind === 'literal')
  if (first.kind === 'literal' && literals.length === shapes.length && literals.every(({ issue }) => issue === first.issue)) {
    return { ...first, values: literals.flatMap(({ values }) => values) }
  }
  return { kind: 'union', members: shapes }
}

/** A field that tells members of a union apart, and the values that it has in one of them. */
interface Tag {
  readonly alias: string
  readonly values: readonly unknown[]
}

function taggedShape (reader: SchemaContext, name: string, shapes: readonly Shape[], at: string): Shape {
  const tags = new Map<unknown, Shape>()
  const shape: { kind: 'tagged', property: string, name: string | undefined, tags: Map<unknown, Shape> } = { kind: 'tagged', property: name, name: undefined, tags }
  reader.later(() => {
    const found = shapes.map(member => tagOf(member, name))
    if (!found.every(tag => tag !== undefined)) {
      reader.refuse(at, `the discriminator "${name}" must be a literal in every member of the union`)
      return
    }
    const aliases = new Set(found.map(({ alias }) => alias))
    if (aliases.size > 1) reader.refuse(at, `the discriminator "${name}" must have the same alias in every member of the union, got ${[...aliases].join(', ')}`)
    found.forEach(({ alias, values }, index) => {
      // By the name of the property, or by its alias: what is sent has the alias.
      shape.property = alias
      if (alias !== name) shape.name = name
      for (const value of values) tags.set(value, tagsBelow(shapes[index] as Shape, name, value))
    })
  })
  return shape
}

/** The discriminator of a member, which may be a union itself. */
function tagOf (shape: Shape, name: string): Tag | undefined {
  const member = bare(shape)
  if (member.kind === 'object') {
    const field = member.fields.find(field => field.alias === name) ?? member.fields.find(field => field.name === name)
    const literal = field && bare(field.shape)
    return literal?.kind === 'literal' ? { alias: (field as Field).alias, values: literal.values } : undefined
  }
  const members = member.kind === 'tagged' ? [...new Set(member.tags.values())] : member.kind === 'union' ? member.members : []
  const tags = members.map(one => tagOf(one, name))
  if (!tags.every(tag => tag !== undefined)) return undefined
  const [alias, ...others] = new Set(tags.map(tag => tag.alias))
  return alias === undefined || others.length > 0 ? undefined : { alias, values: tags.flatMap(({ values }) => values) }
}

/** What reads an object with a tag: of a union told apart by the same name its member, else the whole of it. */
function tagsBelow (shape: Shape, name: string, value: unknown): Shape {
  const member = bare(shape)
  return member.kind === 'tagged' && (member.name ?? member.property) === name ? member.tags.get(value) as Shape : shape
}

export function intersectionShape (reader: SchemaContext, schema: Schema, members: readonly unknown[], at: string, references: References): Shape {
  const shapes = members.map((member, index) => reader.child(member, `${at}.allOf[${index}]`, references))
  const objects = shapes.filter(shape => shape.kind === 'object')
  if (objects.length < shapes.length) return reader.refuse(at, 'allOf (Type.Intersect) is supported only for objects. Use one schema with all keywords')
  const fields = new Map(objects.flatMap(object => object.fields.map(field => [field.name, field])))
  const extras: Extras = objects.some(object => object.extras === 'forbid') || schema.unevaluatedProperties === false ? 'forbid' : 'ignore'
  return reader.checked(schema, 'intersection', at, { kind: 'object', title: titleOf(schema), fields: [...fields.values()], extras })
}
