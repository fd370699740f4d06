/**
 * Inputs made to cost more than they are worth, for each kind of schema, beside an equivalent schema for Ajv.
 *
 * @module
 */

import { type TSchema, Type } from '@sinclair/typebox'
import { Decimal as DecimalJs } from 'decimal.js'
import { Temporal } from 'temporal-polyfill'
import { DateTime, Decimal, DictOf, Duration, Email, Enum, Form, HttpUrl, Json, Literal, PlainDate, PlainTime, Refine, SetOf, Uuid } from '../../plugins/types/index.ts'

/** `response`: the body is sent back, by a response model of the schema. */
type Part = 'body' | 'querystring' | 'headers' | 'cookies' | 'multipart' | 'response'

export interface CostCase {
  readonly kind: string
  readonly input: string
  readonly part: Part
  readonly schema: TSchema
  /** For Ajv; the same schema unless it says more than JSON Schema. */
  readonly plain: object
  /** Schemas that `plain` refers to. */
  readonly shared: readonly object[]
  /** What a handler of plain Fastify does to have the same values; it throws for those that are wrong. */
  readonly decode?: (body: unknown) => string
  /** Members of a union that `plain` has as one object, since Ajv takes exponential time for it: each of them is tried. */
  readonly members?: number
  /** Text of the part in so many bytes. */
  make (size: number): string
  /** Most bytes that the part can have. */
  readonly most: number
}

export const MEGABYTE = 1_000_000
/** Node takes 16 kB for all headers. */
const HEAD = 10_000

/** As many repetitions as fit between what opens and what closes. */
export function fill (open: string, unit: string, close: string): (size: number) => string {
  return size => open + unit.repeat(Math.max(1, Math.floor((size - open.length - close.length) / unit.length))) + close
}

/** A list of so many bytes, whose last item is another. */
export const list = (item: string, last = item) => fill('[', `${item},`, `${last}]`)

/** A value around another, as deep as bodies may be, beside so many others at the bottom. */
export const nest = (open: string, close: string, leaf: string, beside: string) => (size: number): string => {
  const depth = Math.min(400, Math.floor(size / 2 / (open.length + close.length)))
  const others = Math.max(0, Math.floor((size - depth * (open.length + close.length) - leaf.length) / beside.length))
  return open.repeat(depth) + beside.repeat(others) + leaf + close.repeat(depth)
}

function body (kind: string, input: string, schema: TSchema, make: (size: number) => string, plain: object = schema, shared: readonly object[] = []): CostCase {
  return { kind, input, part: 'body', schema, plain, shared, make, most: MEGABYTE }
}

/** An array of valid items, and one of which the last is wrong. */
function items (kind: string, item: TSchema, good: string, bad: string, plain: object = item): CostCase[] {
  const schema = Type.Array(item)
  const equivalent = { type: 'array', items: plain }
  return [body(kind, 'valid', schema, list(good), equivalent), body(kind, 'last invalid', schema, list(good, bad), equivalent), body(kind, 'all invalid', schema, list(bad), equivalent)]
}

/** A type of the domain, whose values a handler of plain Fastify makes itself. */
function domain (kind: string, item: TSchema, good: string, decode: (text: string) => unknown): CostCase[] {
  return items(kind, item, good, '"x"', { type: 'string' }).map(one => ({
    ...one,
    decode (body) {
      for (const text of body as string[]) decode(text)
      return 'ok'
    }
  }))
}

const string = (format: string) => ({ type: 'string', format })

const WIDE = Array.from({ length: 20 }, (_, i) => `f${i}`)
const wide = (make: () => TSchema) => Type.Object(Object.fromEntries(WIDE.map(name => [name, make()])))

function defaults (kind: string, make: () => TSchema, plain: TSchema = make()): CostCase {
  const equivalent = Type.Object(Object.fromEntries(WIDE.map(name => [name, plain])))
  return body(`default: ${kind}`, 'empty objects', Type.Array(wide(make)), list('{}'), Type.Array(equivalent))
}

const SCALARS = [Type.Integer(), Type.Number(), Type.Boolean(), Uuid(), DateTime(), Decimal(), Email(), Type.String({ minLength: 3 })]
const PLAIN_SCALARS = [{ type: 'integer' }, { type: 'number' }, { type: 'boolean' }, string('uuid'), string('date-time'), { type: 'string', pattern: '^[0-9.]+$' }, string('email'), { type: 'string', minLength: 3 }]

export const REQUIRED = Type.Union(WIDE.map(name => Type.Object({ [name]: Type.Integer() }, { title: name })))
const OPTIONAL = Type.Union(WIDE.map(name => Type.Object({ a: Type.Optional(Type.Integer()), [name]: Type.Optional(Type.Integer()) }, { title: name })))
export const TAGGED = WIDE.map(name => Type.Object({ kind: Type.Literal(name), n: Type.Integer() }, { title: name }))

const OPERATORS = ['and', 'or', 'not'] as const
export const Expression = Type.Recursive(This => Type.Union([
  ...OPERATORS.map(op => Type.Object({ op: Type.Literal(op), args: Type.Array(This) }, { title: op })),
  Type.Object({ op: Type.Literal('eq'), value: Type.String() }, { title: 'eq' })
]))
export const PLAIN_EXPRESSION = {
  $id: 'Expression',
  anyOf: [
    ...OPERATORS.map(op => ({ type: 'object', required: ['op', 'args'], properties: { op: { const: op }, args: { type: 'array', items: { $ref: 'Expression#' } } } })),
    { type: 'object', required: ['op', 'value'], properties: { op: { const: 'eq' }, value: { type: 'string' } } }
  ]
}
const expression = (input: string, leaf: string) => body('recursive union, literals', input, Expression, nest('{"op":"and","args":[', ']}', leaf, '{"op":"eq","value":"b"},'), { $ref: 'Expression#' }, [PLAIN_EXPRESSION])

export const LETTERS = ['a', 'b', 'c'] as const
export const Overlapping = Type.Recursive(This => Type.Union(LETTERS.map(name => Type.Object({ [name]: Type.Optional(Type.Integer()), in: Type.Optional(Type.Array(This)) }, { title: name }))))
export const PLAIN_TREE = { $id: 'Tree', type: 'object', properties: { ...Object.fromEntries(LETTERS.map(name => [name, { type: 'integer' }])), in: { type: 'array', items: { $ref: 'Tree#' } } } }
const overlapping = (input: string, leaf: string): CostCase => ({
  ...body('recursive union, overlapping', input, Overlapping, nest('{"in":[', ']}', leaf, '{"b":1},'), { $ref: 'Tree#' }, [PLAIN_TREE]),
  members: LETTERS.length
})
export const Tree = Type.Recursive(This => Type.Object({ a: Type.Optional(Type.Integer()), in: Type.Optional(Type.Array(This)) }))

const pattern = (input: string, source: string, unit: string, end: string, plain = source) =>
  body('pattern', input, Type.Array(Type.String({ pattern: source })), list(JSON.stringify(unit.repeat(990 / unit.length) + end)), Type.Array(Type.String({ pattern: plain })))

export const keyed = (value: string) => (size: number): string =>
  `{${Array.from({ length: Math.max(1, Math.floor((size - 2) / (value.length + 10))) }, (_, i) => `"k${String(i).padStart(6, '0')}":${value}`).join()}}`

const form = (input: string, unit: string): CostCase => ({
  ...body('urlencoded form', input, Form({ a: Type.Array(Type.String(), { default: [] }) }), fill('', unit, 'x=1'), Type.Object({ a: Type.Optional(Type.Any()) })),
  most: 10_000
})

function head (kind: string, input: string, part: Part, schema: TSchema, make: (size: number) => string, plain: object = schema): CostCase {
  return { kind, input, part, schema, plain, shared: [], make, most: HEAD }
}

const numbered = (separator: string, unit: (i: number) => string) => (size: number): string =>
  Array.from({ length: Math.floor(size / (unit(0).length + separator.length + 2)) }, (_, i) => unit(i)).join(separator)

const Open = Type.Object({ x_a: Type.Optional(Type.String()) }, { additionalProperties: true })
const Closed = Type.Object({ x_a: Type.Optional(Type.String()) }, { additionalProperties: false })

export const COST_CASES: readonly CostCase[] = [
  ...items('string', Type.String(), '"a"', '1'),
  ...items('integer', Type.Integer(), '1', '"x"'),
  ...items('integer of text', Type.Integer(), '"1"', '"x"'),
  ...items('number', Type.Number(), '1.5', '"x"'),
  ...items('boolean', Type.Boolean(), 'true', '"x"'),
  ...items('literal', Literal(['a', 'b']), '"a"', '"x"', { enum: ['a', 'b'] }),
  ...items('enum', Enum(['a', 'b']), '"b"', '"x"', { enum: ['a', 'b'] }),
  ...items('date-time', DateTime(), '"2020-01-01T00:00:00Z"', '"x"', string('date-time')),
  ...domain('date', PlainDate(), '"2020-01-01"', text => Temporal.PlainDate.from(text)),
  ...domain('time', PlainTime(), '"10:00:00"', text => Temporal.PlainTime.from(text)),
  ...domain('duration', Duration(), '"P1DT2H"', text => Temporal.Duration.from(text)),
  ...domain('decimal', Decimal(), '"1.10"', text => new DecimalJs(text)),
  ...items('uuid', Uuid(), '"c3a1b4f0-6a1b-4f0e-8c3a-1b4f06a1b4f0"', '"x"', string('uuid')),
  ...items('email', Email(), '"a@example.org"', '"x"', string('email')),
  ...items('URL', HttpUrl(), '"http://example.org/a"', '"x"', string('uri')),
  ...items('tuple', Type.Tuple([Type.Integer(), Type.String()]), '[1,"a"]', '[1]'),
  ...items('array', Type.Array(Type.Integer()), '[1]', '[null]'),
  ...items('nullable', Type.Union([Type.Integer(), Type.Null()]), 'null', '"x"'),
  ...items('object', Type.Object({ a: Type.Integer(), b: Type.Optional(Type.String()) }), '{"a":1}', '{}'),
  ...items('closed object', Type.Object({ a: Type.Optional(Type.Integer()) }, { additionalProperties: false }), '{"a":1}', '{"b":1}'),
  ...items('open object', Type.Object({ a: Type.Optional(Type.Integer()) }, { additionalProperties: true }), '{"b":1}', '{"a":"x"}'),
  ...items('refined', Refine(Type.Integer(), () => {}), '1', '"x"', { type: 'integer' }),
  ...items('JSON in text', Json(Type.Array(Type.Integer())), '"[1,2]"', '"["', { type: 'string' }),
  ...items('union of 8 scalars', Type.Union(SCALARS), '"abc"', 'null', { anyOf: PLAIN_SCALARS }),
  ...items('union of 8 scalars, short', Type.Union(SCALARS), '1', '"x"', { anyOf: PLAIN_SCALARS }),
  ...items('union of 20 objects', REQUIRED, '{"f19":1}', '0'),
  ...items('union of 20 overlapping objects', OPTIONAL, '{}', '0'),
  ...items('union of 20 tagged objects', Type.Union(TAGGED), '{"kind":"f19","n":1}', '{"kind":"f19"}'),
  ...items('discriminated union', Type.Union(TAGGED, { discriminator: { propertyName: 'kind' } }), '{"kind":"f19","n":1}', '{"kind":"x"}', Type.Union(TAGGED)),
  expression('valid', '{"op":"eq","value":"b"}'),
  expression('invalid leaf', '{"op":"eq","value":1}'),
  overlapping('valid', '{"a":1}'),
  overlapping('invalid leaf', '{"a":"x","b":"x","c":"x"}'),
  body('recursive object', 'valid', Tree, nest('{"in":[', ']}', '{"a":1}', '{"a":1},'), { $ref: 'Tree#' }, [PLAIN_TREE]),
  body('recursive object', 'wide and invalid', Tree, fill('{"in":[', '{"in":[1]},', '{}]}'), { $ref: 'Tree#' }, [PLAIN_TREE]),
  body('set', 'equal members', SetOf(Type.String()), list('"a"'), Type.Array(Type.String())),
  body('unique items', 'different', Type.Array(Type.Array(Type.Integer()), { uniqueItems: true }), size => `[${Array.from({ length: size / 9 }, (_, i) => `[${String(i + 100_000)}]`).join()}]`, Type.Array(Type.Array(Type.Integer()))),
  body('unique items', 'equal', Type.Array(Type.Any(), { uniqueItems: true }), list('{}'), Type.Array(Type.Any())),
  body('dictionary', 'valid', DictOf(Type.String(), Type.Integer()), keyed('1'), Type.Record(Type.String(), Type.Integer())),
  body('dictionary', 'invalid', DictOf(Type.String(), Type.Integer()), keyed('"x"'), Type.Record(Type.String(), Type.Integer())),
  body('closed object', 'many extras', Type.Object({}, { additionalProperties: false }), keyed('1')),
  body('record of a pattern', 'valid', Type.Record(Type.String({ pattern: '^[a-z]+\\d+$' }), Type.Integer()), keyed('1')),
  body('property names', 'valid', Type.Object({}, { additionalProperties: true, propertyNames: { pattern: '^[a-z]+\\d+$' } }), keyed('1')),
  body('contains', 'none', Type.Array(Type.Any(), { contains: Type.Unsafe({ type: 'string', pattern: '^b+$' }) }), list('"a"')),
  body('not', 'valid', Type.Array(Type.String({ not: { pattern: '^b+$' } })), list('"a"')),
  pattern('one way', '^[a-z]+!$', 'a', '?'),
  pattern('many ways', '^[a-z]+[a-z0-9]+!$', 'a', '?'),
  pattern('nested', '^(a+)+$', 'a', '!', '^a+$'),
  pattern('bounded', '[a-z0-9]{8,200}!', 'a', '', '^[a-z0-9]*$'),
  ...['url', 'uri', 'email', 'hostname', 'date-time', 'json-pointer', 'uri-template'].map(format =>
    body(`format ${format}`, 'one text', Type.String({ format }), fill('"http://', 'a:', '!"'), Type.String())),
  body('text', 'too long', Type.String({ maxLength: 10 }), fill('"', 'x', '"')),
  body('integer', 'digits', Type.Integer(), fill('"', '9', '"')),
  defaults('string', () => Type.String({ default: 'x' })),
  defaults('array', () => Type.Array(Type.String(), { default: ['a', 'b'] })),
  defaults('object', () => Type.Record(Type.String(), Type.Integer(), { default: { a: 1 } })),
  defaults('date', () => DateTime({ default: '2020-01-01T00:00:00Z' }), Type.Array(Type.String(), { default: ['a', 'b'] })),
  defaults('decimal', () => Decimal({ default: '1.1' }), Type.String({ default: '1.1' })),
  defaults('duration', () => Duration({ default: 'P1D' }), Type.String({ default: 'P1D' })),
  form('one name', 'a=1&'),
  form('nothing', '&'),
  head('query', 'one name', 'querystring', Type.Object({ a: Type.Array(Type.String()) }), fill('', 'a=1&', 'a=1')),
  head('query', 'many names', 'querystring', Closed, numbered('&', i => `k${i}=1`)),
  head('headers', 'closed model', 'headers', Closed, numbered('\n', i => `x-${i}: 1`), Open),
  head('headers', 'open model', 'headers', Open, numbered('\n', i => `x-${i}: 1`)),
  head('cookies', 'many', 'cookies', Open, numbered('; ', i => `k${i}=1`)),
  head('cookies', 'quotes', 'cookies', Open, fill('x_a="', '\\"', '"'))
]
