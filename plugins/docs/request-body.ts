/**
 * Writes the body of an operation.
 *
 * @module
 */

import { kEmbed, kForm } from '../types/index.ts'
import { hasFiles } from '../core/schema/form-fields.ts'
import type { RoutePlan, Schema } from '../core/plan/route-plan.ts'
import { isSchema } from '../core/schema/references.ts'
import { isOptional } from '../core/schema/schema-reader.ts'
import type { WrittenSchema } from './components.ts'
import { without } from './keywords.ts'
import { examplesOf } from './parameters.ts'
import type { SchemaScope } from './schema-scope.ts'

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
  if (bodies.length === 1 && isSchema(first.content) && !('type' in first)) return byContentType(first.content, scope)

  const isForm = bodies.every(body => body[kForm] === true)
  const { media, required } = bodies.every(body => body[kEmbed] === true || (body[kForm] === true && body.title === undefined))
    ? embedded(bodies, `Body_${operationId}`, scope)
    : bodies.length === 1 ? whole(first, scope) : together(bodies, scope)
  const types = route.schema?.consumes ?? [!isForm ? 'application/json' : bodies.some(hasFiles) ? 'multipart/form-data' : 'application/x-www-form-urlencoded']
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

/** The route and its dependencies read the same body, each separately. */
function together (roots: readonly Schema[], scope: SchemaScope): Body {
  const bodies = roots.map(root => whole(root, scope))
  return { media: { schema: { allOf: bodies.map(({ media }) => media.schema) } }, required: bodies.some(({ required }) => required) }
}

function byContentType (content: Schema, scope: SchemaScope): RequestBody {
  // Fastify does not start with a media type that has no schema.
  const types = Object.entries(content as Record<string, { schema: Schema }>).map(([type, { schema }]) => [type, mediaType(schema, scope)] as const)
  return { content: Object.fromEntries(types), required: true }
}

function mediaType (root: Schema, scope: SchemaScope): MediaType {
  return { schema: without(scope.writer(root, 'input').titled(root, 'Body'), 'example'), ...examplesOf(root) }
}
