/**
 * Schemas of several → the shape of one: any of them, the one with its tag, all of them.
 *
 * @module
 */

import type { Schema } from '../plan/route-plan.ts'
import { isSchema, type References } from './references.ts'
import { type SchemaContext, titleOf } from './schema-context.ts'
import { bare, type Extras, type Shape } from './shape.ts'

/** @param shapes of its members, but null */
export function unionShape (reader: SchemaContext, schema: Schema, shapes: readonly Shape[], at: string): Shape {
  const [first] = shapes
  if (first === undefined) return { kind: 'null' }
  if (shapes.length === 1) return first
  if (isSchema(schema.discriminator)) return taggedShape(reader, String(schema.discriminator.propertyName), shapes, at)
  const literals = shapes.filter(shape => shape.kind === 'literal')
  if (first.kind === 'literal' && literals.length === shapes.length && literals.every(({ issue }) => issue === first.issue)) {
    return { ...first, values: literals.flatMap(({ values }) => values) }
  }
  return { kind: 'union', members: shapes }
}

function taggedShape (reader: SchemaContext, property: string, shapes: readonly Shape[], at: string): Shape {
  const tags = new Map<unknown, Shape>()
  reader.later(() => {
    for (const shape of shapes) {
      const member = bare(shape)
      const tag = member.kind === 'object' ? member.fields.find(({ alias }) => alias === property) : undefined
      const literal = tag && bare(tag.shape)
      if (literal?.kind === 'literal') for (const value of literal.values) tags.set(value, shape)
      else if (member.kind === 'tagged' && member.property === property) for (const [value, inner] of member.tags) tags.set(value, inner)
      else reader.refuse(at, `the discriminator "${property}" must be a literal in every member of the union`)
    }
  })
  return { kind: 'tagged', property, tags }
}

export function intersectionShape (reader: SchemaContext, schema: Schema, members: readonly unknown[], at: string, references: References): Shape {
  const shapes = members.map((member, index) => reader.child(member, `${at}.allOf[${index}]`, references))
  const objects = shapes.filter(shape => shape.kind === 'object')
  if (objects.length < shapes.length) return reader.refuse(at, 'allOf (Type.Intersect) is supported only for objects. Use one schema with all keywords')
  const fields = new Map(objects.flatMap(object => object.fields.map(field => [field.name, field])))
  const extras: Extras = objects.some(object => object.extras === 'forbid') || schema.unevaluatedProperties === false ? 'forbid' : 'ignore'
  return reader.checked(schema, 'intersection', at, { kind: 'object', title: titleOf(schema), fields: [...fields.values()], extras })
}
