/**
 * Reads a body: one value, or several parameters in one object.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'
import { kEmbed } from '../types/index.ts'
import type { Schema } from '../core/plan/route-plan.ts'
import { mediaTypeOf } from '../core/http/media-type.ts'
import { defaultOf } from '../core/schema/defaults.ts'
import { property } from '../core/schema/codegen/code-builder.ts'
import { dropText, orderKeys } from './body-text.ts'
import { APIKIT_ERR_CONTENT_TYPE } from './errors.ts'
import { FAIL } from '../core/schema/issue.ts'
import type { Parsers } from '../core/schema/parse.ts'
import { isDictionary } from '../core/schema/parse-container.ts'
import { isForm } from './form-source.ts'
import { deferred, type PartReader, readParameters } from './parameter-reader.ts'
import { isOptional } from '../core/schema/schema-reader.ts'
import { bare, type ObjectShape, type Shape } from '../core/schema/shape.ts'
import { generateParameterCode, generateReader } from './generated-reader.ts'

function store (request: FastifyRequest, value: unknown): void {
  request.body = value
  dropText(request)
}

/** Whether the order of the keys that were sent can be seen in the value: that of the fields of a model cannot. */
function showsKeyOrder (shape: Shape): boolean {
  switch (shape.kind) {
    case 'any': case 'dict': case 'ref': return true
    case 'array': case 'set': return showsKeyOrder(shape.items)
    case 'tuple': return shape.items.some(showsKeyOrder)
    case 'nullable': case 'refined': case 'checked': return showsKeyOrder(shape.inner)
    case 'union': return shape.members.some(showsKeyOrder)
    case 'tagged': return [...shape.tags.values()].some(showsKeyOrder)
    case 'object': return (shape.extras !== 'ignore' && shape.extras !== 'forbid') || shape.fields.some(field => showsKeyOrder(field.shape))
    default: return false
  }
}

/** What was sent; text of bytes, unless bytes are asked for. */
function sent ({ body }: FastifyRequest, asBytes: boolean): unknown {
  if (body === null) return undefined
  return Buffer.isBuffer(body) && !asBytes ? body.toString() : body
}

export function bodyReader (schema: Schema, shape: Shape, parsers: Parsers): PartReader {
  return schema[kEmbed] === true && shape.kind === 'object' ? embeddedReader(shape, parsers) : wholeReader(schema, shape, parsers)
}

function wholeReader (schema: Schema, shape: Shape, parsers: Parsers): PartReader {
  const inner = bare(shape)
  const asBytes = inner.kind === 'codec' && inner.codec.label === 'bytes'
  const read = generateReader(shape, parsers)
  const isOrdered = showsKeyOrder(shape)
  const makeDefault = defaultOf(schema, shape, parsers) ?? (isOptional(schema) ? () => undefined : undefined)
  return {
    store,
    fast (request) {
      if (isOrdered) orderKeys(request)
      const body = sent(request, asBytes)
      if (body !== undefined) return read(body)
      return makeDefault === undefined ? FAIL : makeDefault()
    },
    exact: deferred(() => {
      const parse = parsers.of(shape)
      return (request, pass) => {
        orderKeys(request)
        const body = sent(request, asBytes)
        pass.path.push('body')
        const value = body === undefined ? pass.refuse('missing', 'Field required', null) : parse(body, pass)
        pass.path.pop()
        return value
      }
    })
  }
}

/** Each key of the body is a parameter. One that is `null` was not sent: FastAPI asks for a value first, and for its type then. */
function embeddedReader ({ fields }: ObjectShape, parsers: Parsers): PartReader {
  const { read, rawValues } = generateParameterCode<object>({ fields, extras: 'ignore' }, ({ alias }) => `${property('raw', alias)} ?? undefined`, parsers, false)
  const isOrdered = fields.some(({ shape }) => showsKeyOrder(shape))
  return {
    store,
    fast (request) {
      if (isOrdered) orderKeys(request)
      return read !== undefined && isDictionary(request.body) ? read(request.body) : FAIL
    },
    exact: deferred(() => {
      const parameters = fields.map(field => ({ field, name: field.alias, parse: parsers.of(field.shape) }))
      return (request, pass) => {
        orderKeys(request)
        const { body } = request
        const values = {}
        pass.path.push('body')
        const whole = readParameters(parameters, isDictionary(body) ? rawValues(body) : [], values, pass)
        pass.path.pop()
        return whole ? values : FAIL
      }
    })
  }
}

/** Chooses by content type, as `schema.body.content` lists them. */
export function contentReader (readers: ReadonlyMap<string, PartReader>): PartReader {
  // As in FastAPI, a form of which nothing came has no fields, and each of them says so.
  const form = [...readers].find(([type]) => isForm(type))?.[1]
  const of = (request: FastifyRequest): PartReader => {
    const type = mediaTypeOf(request)
    const reader = readers.get(type) ?? readers.get(`${type.split('/')[0]}/*`) ?? readers.get('*/*') ?? form
    if (reader === undefined) throw new APIKIT_ERR_CONTENT_TYPE()
    return reader
  }
  return {
    store,
    fast: request => of(request).fast(request),
    exact: (request, pass) => of(request).exact(request, pass)
  }
}
