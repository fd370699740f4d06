/**
 * Writes the body of an operation.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util'
import { kEmbed, kForm, kModels } from '../types/codec.ts'
import { fieldsOf, formsOf, hasFiles, isFormSchema, modelsOf } from '../core/schema/form-fields.ts'
import type { RoutePlan, Schema } from '../core/plan/route-plan.ts'
import { isSchema } from '../core/schema/references.ts'
import { isOptional } from '../core/schema/schema-reader.ts'
import type { WrittenSchema } from './components.ts'
import { componentName, without } from './keywords.ts'
import { examplesOf } from './parameters.ts'
import { titleCase } from './names.ts'
import type { SchemaScope } from './schema-scope.ts'
import type { Field, SchemaWriter } from './schema-writer.ts'

export interface MediaType {
  readonly schema: WrittenSchema
  readonly [keyword: string]: unknown
}

export interface RequestBody {
  readonly required?: true
  readonly content: Readonly<Record<string, MediaType>>
}

/** Returns `undefined` when nothing reads a body. */
export function requestBodyOf ({ route, inputs, inherited }: RoutePlan, operationId: string, scope: SchemaScope): RequestBody | undefined {
  const bodies = [inputs, ...inherited.map(({ inputs }) => inputs)].map(({ body }) => body).filter(body => body !== undefined)
  const [first] = bodies
  if (first === undefined) return undefined
  if (bodies.length === 1 && isSchema(first.content) && !('type' in first)) return byContentType(first.content, operationId, scope)

  const isForm = bodies.every(isFormSchema)
  const { media, required } = isForm && bodies.some(body => body[kModels] === true || (isOptionalForm(body)))
    ? models(bodies, `Body_${operationId}`, scope)
    : bodies.every(body => body[kEmbed] === true || (body[kForm] === true && body.title === undefined))
      ? embedded(bodies, `Body_${operationId}`, scope)
      : bodies.length === 1 ? whole(first, scope) : together(bodies, scope)
  const types = route.schema?.consumes ?? [!isForm ? 'application/json' : bodies.flatMap(formsOf).some(hasFiles) ? 'multipart/form-data' : 'application/x-www-form-urlencoded']
  return { content: Object.fromEntries(types.map(type => [type, media])), ...required && { required } }
}

interface Body {
  readonly media: MediaType
  readonly required: boolean
}

function whole (root: Schema, scope: SchemaScope): Body {
  return { media: mediaType(root, scope), required: !isOptional(root) }
}

/** Several parameters in one object, which is named after the operation. */
function embedded (roots: readonly Schema[], name: string, scope: SchemaScope): Body {
  const objects = roots.map(root => {
    const writer = scope.writer(root, 'input')
    return writer.object(writer.fields(root))
  })
  const properties = Object.assign({}, ...objects.map(({ properties }) => properties))
  const required = [...new Set(objects.flatMap(({ required }) => required ?? []))]
  const $ref = scope.add(name, 'input')
  $ref.schema = { properties, type: 'object', ...required.length > 0 && { required }, title: name }
  return { media: { schema: { $ref } }, required: required.length > 0 }
}

/** Tells whether the body is a form of one optional model. */
function isOptionalForm (body: Schema): boolean {
  return body[kForm] !== true && isFormSchema(body) && hasNull(body)
}

function hasNull ({ anyOf }: Schema): boolean {
  return Array.isArray(anyOf) && anyOf.some(member => Object(member).type === 'null')
}

/** Writes a form of models and single fields. */
function models (roots: readonly Schema[], name: string, scope: SchemaScope): Body {
  const fields = roots.flatMap(root => {
    const writer = scope.writer(root, 'input')
    const own = root[kModels] === true ? writer.fields(root) : [{ name: 'body', alias: 'body', schema: root, required: !isOptional(root), writer }]
    return own.map(field => ({ field, writer, isModel: modelsOf(field.schema).length > 0 }))
  })
  const allOf = fields.filter(({ isModel }) => isModel).flatMap(({ field, writer }) => modelSchemas(field, writer))
  const singles = fields.filter(({ isModel }) => !isModel)
  const { properties: written, required } = singles[0]?.writer.object(singles.map(({ field }) => field)) ?? {}
  // Beside models, a title is made of the name, also if there is an alias or a reference.
  const properties = isSchema(written)
    ? Object.fromEntries(singles.map(({ field: { name, alias, schema } }) => [alias, { ...Object(written[alias]), title: ownTitle(schema) ?? titleCase(name) }]))
    : undefined
  const isRequired = fields.some(({ field }) => field.required)
  const $ref = scope.add(name, 'input')
  $ref.schema = { allOf, ...properties !== undefined && { properties }, type: 'object', ...required !== undefined && { required }, title: name }
  return { media: { schema: { $ref } }, required: isRequired }
}

/** The title of a field; that of an enum is the name of its component. */
function ownTitle (schema: Schema): string | undefined {
  return componentName(schema) === undefined && typeof schema.title === 'string' ? schema.title : undefined
}

/** Writes a model in a form. An optional one is present if one of its fields is. */
function modelSchemas ({ alias, schema, required }: Field, writer: SchemaWriter): WrittenSchema[] {
  const title = typeof schema.title === 'string' && hasNull(schema) ? schema.title : titleCase(alias)
  if (!hasNull(schema)) {
    const written = writer.write(schema)
    return ['$ref' in written ? written : { ...written, title }]
  }
  const names = [...new Set(modelsOf(schema).flatMap(model => [...fieldsOf(model).keys()]))].sort()
  const isSent = { anyOf: names.map(name => ({ required: [name] })) }
  const { default: _, title: __, ...rest } = schema
  const members = (schema.anyOf as Schema[]).filter(({ type }) => type !== 'null')
  const value = members.length > 1 ? [writer.write({ ...rest, anyOf: members })] : members.map(member => writer.write(member))
  const model = { anyOf: value, title }
  return required ? [{ not: { not: isSent } }, model] : [{ anyOf: [{ not: isSent }, model] }]
}

/** The route and its dependencies read the same body, each separately. */
function together (roots: readonly Schema[], scope: SchemaScope): Body {
  const bodies = roots.map(root => whole(root, scope))
  const schemas = bodies.map(({ media }) => media.schema)
  const different = schemas.filter((schema, index) => schemas.findIndex(other => isDeepStrictEqual(other, schema)) === index)
  const required = bodies.some(({ required }) => required)
  return { media: different.length === 1 ? (bodies[0] as Body).media : { schema: { allOf: different } }, required }
}

function byContentType (content: Schema, operationId: string, scope: SchemaScope): RequestBody {
  // Fastify does not start with a media type that has no schema.
  const types = Object.entries(content as Record<string, { schema: Schema }>).map(([type, { schema }]) =>
    [type, schema[kEmbed] === true ? embedded([schema], `Body_${operationId}`, scope).media : mediaType(schema, scope)] as const)
  return { content: Object.fromEntries(types), required: true }
}

function mediaType (root: Schema, scope: SchemaScope): MediaType {
  return { schema: without(scope.writer(root, 'input').titled(root, 'Body'), 'example'), ...examplesOf(root) }
}
