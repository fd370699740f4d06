/**
 * Answers made to cost more than they are worth: what a client has sent comes back through a model.
 *
 * @module
 */

import { type TSchema, Type } from '@sinclair/typebox'
import { type CostCase, Expression, fill, keyed, LETTERS, list, MEGABYTE, nest, Overlapping, PLAIN_EXPRESSION, PLAIN_TREE, REQUIRED, TAGGED, Tree } from './cost-cases.ts'

function response (kind: string, input: string, schema: TSchema, make: (size: number) => string, plain: object = schema, shared: readonly object[] = []): CostCase {
  return { kind: `response: ${kind}`, input, part: 'response', schema, plain, shared, make, most: MEGABYTE }
}

/** An array of items that fit, and one of which the last does not. */
function items (kind: string, item: TSchema, good: string, bad: string): CostCase[] {
  const schema = Type.Array(item)
  return [response(kind, 'fits', schema, list(good)), response(kind, 'last does not', schema, list(good, bad))]
}

const expression = (input: string, leaf: string): CostCase =>
  response('recursive union, literals', input, Expression, nest('{"op":"and","args":[', ']}', leaf, '{"op":"eq","value":"b"},'), { $ref: 'Expression#' }, [PLAIN_EXPRESSION])
const overlapping = (input: string, leaf: string): CostCase => ({
  ...response('recursive union, overlapping', input, Overlapping, nest('{"in":[', ']}', leaf, '{"b":1},'), { $ref: 'Tree#' }, [PLAIN_TREE]),
  members: LETTERS.length
})

export const RESPONSE_CASES: readonly CostCase[] = [
  ...items('string', Type.String(), '"a"', '[]'),
  ...items('escapes', Type.String(), '"\\\\\\u0001"', '[]'),
  ...items('integer', Type.Integer(), '1', '"x"'),
  ...items('object', Type.Object({ a: Type.Integer(), b: Type.Optional(Type.String()) }), '{"a":1,"secret":2}', '{}'),
  ...items('union of 20 objects', REQUIRED, '{"f19":1}', '0'),
  ...items('union of 20 tagged objects', Type.Union(TAGGED), '{"kind":"f19","n":1}', '{"kind":"f19"}'),
  response('record', 'fits', Type.Record(Type.String(), Type.Integer()), keyed('1')),
  response('record', 'does not', Type.Record(Type.String(), Type.Integer()), keyed('"x"')),
  expression('fits', '{"op":"eq","value":"b"}'),
  expression('a leaf does not', '{"op":"eq","value":[]}'),
  overlapping('fits', '{"a":1}'),
  overlapping('a leaf does not', '{"a":"x","b":"x","c":"x"}'),
  response('recursive object', 'fits', Tree, nest('{"in":[', ']}', '{"a":1}', '{"a":1},'), { $ref: 'Tree#' }, [PLAIN_TREE]),
  response('recursive object', 'wide, does not', Tree, fill('{"in":[', '{"in":[1]},', '{}]}'), { $ref: 'Tree#' }, [PLAIN_TREE])
]
