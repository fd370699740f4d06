/**
 * Reads a body: one value, or several parameters in one object.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'
import { kEmbed } from '../types/codec.ts'
import type { Schema } from '../core/plan/route-plan.ts'
import { mediaTypeOf } from '../core/http/media-type.ts'
import { defaultOf } from '../core/schema/defaults.ts'
import { property } from '../core/schema/codegen/code-builder.ts'
import { dropText, keepLargeIntegers, orderKeys, restoreIntegers } from './body-text.ts'
import { APIKIT_ERR_CONTENT_TYPE } from './errors.ts'
import { exactIntegers } from '../core/schema/exact-integers.ts'
import { FAIL, type Pass } from '../core/schema/issue.ts'
import type { Parsers } from '../core/schema/parse.ts'
import { isDictionary } from '../core/schema/parse-container.ts'
import { isForm } from './form-source.ts'
import { deferred, type PartReader } from './parameter-reader.ts'
import { choose, type Parameter, readParameters, variantsOf } from './parameters.ts'
import type { Anew, Understood } from './understood.ts'
import { isOptional } from '../core/schema/schema-reader.ts'
import { bare, type ObjectShape, type Shape } from '../core/schema/shape.ts'
import { type FastRead, generateParameterReader, generateRawValues, generateReader, type RawValue } from './generated-reader.ts'

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

/** Returns what was sent, or `undefined`. Bytes are decoded to text unless the schema asks for bytes. */
function sent (request: FastifyRequest, asBytes: boolean): unknown {
  const { body } = request
  // Fastify's own parser of text makes a text of no bytes.
  if (body === '' && mediaTypeOf(request) === 'text/plain') return undefined
  return Buffer.isBuffer(body) && !asBytes ? body.toString() : body
}

/** Prepares a body: large integers with all their digits, keys in their order. */
type Prepare = (request: FastifyRequest) => void

function preparing (shape: Shape, isOrdered: boolean): Prepare | undefined {
  const place = exactIntegers(shape)
  if (place === undefined) return isOrdered ? orderKeys : undefined
  keepLargeIntegers()
  return request => {
    restoreIntegers(request, place)
    if (isOrdered) orderKeys(request)
  }
}

export function bodyReader (schema: Schema, first: Understood, anew: Anew): PartReader {
  const { shape, parsers } = first
  if (schema[kEmbed] === true && shape.kind === 'object') return { store, fast: fastEmbedded(shape, parsers), exact: deferred(anew, exactEmbedded) }
  return { store, fast: fastWhole(schema, first), exact: deferred(anew, exactWhole) }
}

/** Returns whether the schema asks for bytes rather than text. */
function takesBytes (shape: Shape): boolean {
  const inner = bare(shape)
  return inner.kind === 'codec' && inner.codec.label === 'bytes'
}

function fastWhole (schema: Schema, { shape, parsers }: Understood): PartReader['fast'] {
  const makeDefault = defaultOf(schema, shape, parsers) ?? (isOptional(schema) ? () => undefined : undefined)
  return readingWhole(generateReader(shape, parsers), makeDefault, takesBytes(shape), preparing(shape, showsKeyOrder(shape)))
}

function readingWhole (read: FastRead, makeDefault: (() => unknown) | undefined, asBytes: boolean, prepare: Prepare | undefined): PartReader['fast'] {
  return request => {
    prepare?.(request)
    const body = sent(request, asBytes)
    if (body !== undefined) return read(body)
    return makeDefault === undefined ? FAIL : makeDefault()
  }
}

function exactWhole ({ shape, parsers }: Understood): PartReader['exact'] {
  const [parse, asBytes, prepare] = [parsers.of(shape), takesBytes(shape), preparing(shape, true)]
  return (request, pass) => {
    prepare?.(request)
    const body = sent(request, asBytes)
    pass.path.push('body')
    const value = body === undefined ? pass.refuse('missing', 'Field required', null) : parse(body, pass)
    pass.path.pop()
    return value
  }
}

/** Reads each key of the body as a parameter. */
const embedded: RawValue = ({ alias }) => property('raw', alias)

function fastEmbedded (shape: ObjectShape, parsers: Parsers): PartReader['fast'] {
  const { fields } = shape
  return readingEmbedded(generateParameterReader<object>({ fields, extras: 'ignore' }, embedded, parsers, false), preparing(shape, fields.some(field => showsKeyOrder(field.shape))))
}

function readingEmbedded (read: FastRead<object> | undefined, prepare: Prepare | undefined): PartReader['fast'] {
  return request => {
    prepare?.(request)
    return read !== undefined && isDictionary(request.body) ? read(request.body) : FAIL
  }
}

function exactEmbedded ({ shape, parsers }: Understood): PartReader['exact'] {
  const { fields } = shape as ObjectShape
  const variants = fields.flatMap(variantsOf)
  const all = variants.map(field => ({ field, name: field.alias, parse: parsers.of(field.shape) }))
  const rawValues = generateRawValues<object>(variants, embedded)
  const prepare = preparing(shape, true)
  return (request, pass) => {
    prepare?.(request)
    const { body } = request
    const values = {}
    pass.path.push('body')
    const { parameters, sent } = choose(all, isDictionary(body) ? rawValues(body) : [])
    const whole = isKeyless(request) ? lacksAll(parameters, pass) : readParameters(parameters, sent, values, pass)
    pass.path.pop()
    return whole ? values : FAIL
  }
}

/** Returns whether a body is a JSON value without keys. Text and bytes count as not sent, as in FastAPI. */
function isKeyless (request: FastifyRequest): boolean {
  const { body } = request
  if (body === undefined || Buffer.isBuffer(body) || isDictionary(body)) return false
  return typeof body !== 'string' || mediaTypeOf(request) !== 'text/plain'
}

function lacksAll (parameters: readonly Parameter[], pass: Pass): false {
  for (const { name } of parameters) pass.missing(name, null)
  return false
}

/** Selects the reader by content type, from `schema.body.content`. */
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
