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
import { APIKIT_ERR_CONTENT_TYPE } from './errors.ts'
import { FAIL } from '../core/schema/issue.ts'
import type { Parsers } from '../core/schema/parse.ts'
import { isDictionary } from '../core/schema/parse-container.ts'
import { ownValue } from '../core/schema/parse-object.ts'
import { isForm } from './form-source.ts'
import { type PartReader, readParameter } from './parameter-reader.ts'
import { isOptional } from '../core/schema/schema-reader.ts'
import { bare, type ObjectShape, type Shape } from '../core/schema/shape.ts'
import { straightParameters, straightValue } from './straight-code.ts'

function store (request: FastifyRequest, value: unknown): void {
  request.body = value
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
  const parse = parsers.of(shape)
  const straight = straightValue(shape, parsers)
  const makeDefault = defaultOf(schema, shape, parsers) ?? (isOptional(schema) ? () => undefined : undefined)
  return {
    store,
    straight (request) {
      const body = sent(request, asBytes)
      if (body !== undefined) return straight(body)
      return makeDefault === undefined ? FAIL : makeDefault()
    },
    exact (request, pass) {
      const body = sent(request, asBytes)
      pass.path.push('body')
      const value = body === undefined ? pass.refuse('missing', 'Field required', null) : parse(body, pass)
      pass.path.pop()
      return value
    }
  }
}

/** A parameter that is `null` was not sent: FastAPI asks for a value first, and for its type then. */
function parameterOf (body: object, alias: string): unknown {
  return ownValue(body, alias) ?? undefined
}

function embeddedReader ({ fields }: ObjectShape, parsers: Parsers): PartReader {
  const parameters = fields.map(field => ({ field, name: field.alias, parse: parsers.of(field.shape) }))
  const read = straightParameters<object>(fields, parsers, fields.map(({ alias }) => body => parameterOf(body, alias)), 'json')
  return {
    store,
    straight: ({ body }) => isDictionary(body) ? read(body) : FAIL,
    exact ({ body }, pass) {
      const values = {}
      let whole = true
      pass.path.push('body')
      for (const parameter of parameters) {
        const value = isDictionary(body) ? parameterOf(body, parameter.field.alias) : undefined
        if (!readParameter(parameter, value, values, pass)) whole = false
      }
      pass.path.pop()
      return whole ? values : FAIL
    }
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
    straight: request => of(request).straight(request),
    exact: (request, pass) => of(request).exact(request, pass)
  }
}
