/**
 * Random requests: aimed at a route, some parts near to what its schemas ask for, others anything.
 *
 * @module
 */

import fc from 'fast-check'
import type { InjectOptions } from 'fastify'
import type { Aim } from './target.ts'

const scalar = fc.oneof(
  fc.string(), fc.string({ unit: 'binary' }), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.date({ noInvalidDate: true }).map(date => date.toISOString()), fc.uuid(),
  fc.constantFrom('', ' ', '0', '-0', '1', 'NaN', 'Infinity', '1e309', '1_000', 'true', 'null', '__proto__', 'constructor', '\u0000', '%00', '9'.repeat(400), 'P1Y', '2032-04-23T10:20:30.400+02:30')
)

/** A value for a schema: often of the right kind, sometimes any. */
function like (schema: unknown, depth = 0): fc.Arbitrary<unknown> {
  const anything = fc.oneof(scalar, fc.anything({ maxDepth: 3, withNullPrototype: false }))
  if (typeof schema !== 'object' || schema === null || depth > 4) return anything
  const { type, properties, items, anyOf, enum: members, const: constant, minimum = 0 } = schema as Record<string, unknown>
  const good = Array.isArray(anyOf)
    ? fc.oneof(...anyOf.map(member => like(member, depth + 1)))
    : Array.isArray(members)
      ? fc.constantFrom(...members)
      : constant !== undefined
        ? fc.constant(constant)
        : type === 'object'
          ? record(properties, depth)
          : type === 'array'
            ? fc.array(like(items, depth + 1), { maxLength: 4 })
            : type === 'integer' || type === 'number' ? fc.integer({ min: Number(minimum), max: Number(minimum) + 20 }) : scalar
  return fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: anything })
}

function record (properties: unknown, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const known = Object.fromEntries(Object.entries(Object(properties)).map(([key, schema]) => [key, like(schema, depth + 1)]))
  const extras = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'extra')), scalar, { maxKeys: 2 })
  return fc.tuple(fc.record(known, { requiredKeys: [] }), extras).map(([fields, more]) => ({ ...more, ...fields }))
}

/** What can stand in a header: no control characters, nothing beyond Latin-1. */
const headerText = (value: unknown): string => String(JSON.stringify(value) ?? '').replaceAll(/[^\x20-\x7e\x80-\xff]/g, '?')

function queryText (query: Record<string, unknown>): string {
  return Object.entries(query).flatMap(([name, value]) => [value].flat().map(one => `${encode(name)}=${encode(one)}`)).join('&')
}

function encode (value: unknown): string {
  const text = typeof value === 'string' ? value : String(JSON.stringify(value))
  return encodeURIComponent(Buffer.from(text).toString()) // without halves of surrogate pairs
}

function payloadOf (body: fc.Arbitrary<unknown>): fc.Arbitrary<{ payload: string | Buffer, type: string | undefined }> {
  const json = body.map(value => ({ payload: JSON.stringify(value) ?? '', type: 'application/json' }))
  const broken = body.chain(value => {
    const text = JSON.stringify(value) ?? ''
    return fc.nat(text.length).map(at => ({ payload: text.slice(0, at), type: 'application/json' }))
  })
  const bytes = fc.record({
    payload: fc.uint8Array({ maxLength: 64 }).map(list => Buffer.from(list)),
    type: fc.constantFrom('application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/json; charset=latin1', 'x', undefined)
  })
  return fc.oneof({ weight: 6, arbitrary: json }, { weight: 2, arbitrary: broken }, { weight: 1, arbitrary: bytes })
}

/** A request to one of the routes. */
export function requestTo (aims: readonly Aim[]): fc.Arbitrary<InjectOptions> {
  return fc.constantFrom(...aims).chain(({ method, url, schema }) => {
    const properties = (part: string) => Object(schema[part]).properties
    return fc.record({
      params: record(properties('params'), 0),
      query: record(properties('querystring') ?? properties('query'), 0),
      rawQuery: fc.option(fc.string({ maxLength: 30 }).map(text => text.replaceAll(/[^\x21-\x7e]|#/g, '%')), { freq: 8 }),
      headers: record(properties('headers'), 0),
      cookies: record(properties('cookies'), 0),
      body: payloadOf(like(schema.body))
    }).map(({ params, query, rawQuery, headers, cookies, body }): InjectOptions => ({
      method: method as 'GET',
      url: `${url.replaceAll(/:(\w+)|\*/g, (_text, name) => encode(params[name] ?? 1))}?${rawQuery ?? queryText(query)}`,
      headers: {
        ...Object.fromEntries(Object.entries(headers).filter(([name]) => /^[\w-]+$/.test(name) && name !== '__proto__').map(([name, value]) => [name, headerText(value)])),
        cookie: headerText(Object.entries(cookies).map(([name, value]) => `${name}=${String(value)}`).join('; ')),
        ...body.type !== undefined && method !== 'GET' ? { 'content-type': body.type } : {}
      },
      ...method === 'GET' ? {} : { payload: body.payload }
    }))
  })
}
