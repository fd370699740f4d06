/**
 * Routes that invite attacks: lists, patterns, recursion, unions, dictionaries and every domain type.
 *
 * @module
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { TSchema } from '@sinclair/typebox'
import { Bytes, DateTime, Decimal, DictOf, Duration, Email, HttpUrl, PlainDate, PlainTime, SetOf, Uuid } from '../../plugins/types/index.ts'

const Tree = Type.Recursive(Self => Type.Object({ children: Type.Array(Self, { default: [] }) }), { $id: 'Tree' })
const Item = Type.Object({ name: Type.String(), price: Type.Number(), tags: Type.Array(Type.String()) })

/** Bodies, by the path of their route. */
export const BODIES = {
  strings: Type.Array(Type.String()),
  items: Type.Array(Item),
  closed: Type.Object({ name: Type.Optional(Type.String()) }, { additionalProperties: false }),
  fields: Type.Object(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, Type.String()]))),
  tree: Tree,
  union: Type.Array(Type.Union([Item, Type.Array(Item), Type.Object({ kind: Type.Literal('a'), at: DateTime() }), Type.Number(), Type.Null()])),
  dict: DictOf(Type.String(), Type.Integer()),
  set: SetOf(Type.String()),
  unique: Type.Array(Type.Any(), { uniqueItems: true }),
  pattern: Type.String({ pattern: '^(a+)+$' }),
  alternation: Type.String({ pattern: '^(a|a)*b$' }),
  text: Type.String({ maxLength: 100 }),
  int: Type.Integer(),
  number: Type.Number(),
  boolean: Type.Boolean(),
  literal: Type.Union([Type.Literal('a'), Type.Literal('b')]),
  email: Email(),
  url: HttpUrl(),
  dateTime: DateTime(),
  day: PlainDate(),
  time: PlainTime(),
  duration: Duration(),
  decimal: Decimal(),
  uuid: Uuid(),
  bytes: Bytes()
} as const satisfies Readonly<Record<string, TSchema>>

export const probes: FastifyPluginAsyncTypebox = async app => {
  for (const [path, body] of Object.entries(BODIES)) {
    app.post(`/${path}`, { schema: { body } }, async () => 'fine')
  }
  app.get('/query', {
    schema: {
      querystring: Type.Object({ n: Type.Optional(Type.Integer()), tags: Type.Array(Type.String(), { default: [] }), at: Type.Optional(DateTime()) }),
      headers: Type.Object({ 'x-list': Type.Optional(Type.Array(Type.Integer())) }),
      cookies: Type.Object({ session: Type.Optional(Type.String({ maxLength: 10 })) })
    }
  }, async () => 'fine')
}
