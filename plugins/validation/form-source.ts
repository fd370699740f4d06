/**
 * Reads the fields of a form as parameters. The last of repeated fields wins, lists take all, empty fields count as not sent.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/request-forms/
 */

import type { FastifyRequest } from 'fastify'
import { isDictionary } from '../core/schema/parse-container.ts'
import { mediaTypeOf, MULTIPART, URLENCODED } from '../core/http/media-type.ts'
import { parseQuery } from '../core/http/query-text.ts'
import { bare, type ObjectShape, type Shape } from '../core/schema/shape.ts'
import { query, type Source } from './sources.ts'

type Fields = Readonly<Record<string, unknown>>

const NONE: Fields = Object.freeze(Object.create(null))

/** Returns whether a content type is that of a form. */
export function isForm (type: string): boolean {
  return type === URLENCODED || type === MULTIPART
}

/** Returns the fields, none for other bodies. A parser of the app (@fastify/formbody) may have read them already. */
function gather (request: FastifyRequest): Fields {
  const { body } = request
  if (Buffer.isBuffer(body)) return mediaTypeOf(request) === URLENCODED ? parseQuery(body.toString()) : NONE
  return isForm(mediaTypeOf(request)) && isDictionary(body) ? body : NONE
}

const filled = (sent: unknown): unknown => sent === '' ? undefined : sent

export const form: Source<Fields> = {
  ...query,
  loc: 'body',
  gather,
  rawValue: (field, code) => `${code.value(filled)}(${query.rawValue(field, code)})`,
  store: (request, values) => { request.body = values }
}

/** Reads object fields of a form, or of each form of a union, as JSON. All other fields are text. */
export function withJsonFields (shape: Shape): Shape {
  switch (shape.kind) {
    case 'object': return { ...shape, fields: shape.fields.map(field => ({ ...field, shape: asText(field.shape) })) }
    case 'nullable': return { ...shape, inner: withJsonFields(shape.inner) }
    case 'union': return { ...shape, members: shape.members.map(withJsonFields) }
    case 'tagged': return { ...shape, tags: new Map([...shape.tags].map(([tag, member]) => [tag, withJsonFields(member)])) }
    default: return shape
  }
}

/** Does the same for the models of a form. */
export function withJsonInModels (shape: ObjectShape): Shape {
  return { ...shape, fields: shape.fields.map(field => ({ ...field, shape: withJsonFields(field.shape) })) }
}

function asText (shape: Shape): Shape {
  switch (shape.kind) {
    case 'nullable': case 'refined': case 'checked': return { ...shape, inner: asText(shape.inner) }
    case 'array': case 'set': return { ...shape, items: asText(shape.items) }
    default: return isObject(shape) ? { kind: 'json-text', inner: shape } : shape
  }
}

function isObject (shape: Shape): boolean {
  const inner = bare(shape)
  return inner.kind === 'object' || inner.kind === 'dict' || inner.kind === 'tagged' || (inner.kind === 'union' && inner.members.every(isObject))
}
