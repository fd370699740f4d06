import { CloneType, Type } from '@sinclair/typebox'
import { TypeSystemPolicy } from '@sinclair/typebox/system'
import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import { kCodec, kContainer, kEmbed, kFrozen, kKey, kLiteral, kRefine, kUnset } from '../../../plugins/types/codec.ts'
import { Bytes, DateTime, Decimal, DictOf, Duration, Email, Embed, Enum, ExcludeUnset, HttpUrl, Json, Literal, Nullable, PlainDate, PlainTime, Refine, SetOf, Uuid } from '../../../plugins/types/index.ts'
import { optionalPeer } from '../../../plugins/core/peer.ts'
import { codecOf, inDocument } from './codec-of.ts'

const get = (schema: object, mark: symbol): unknown => Reflect.get(schema, mark)

t.test('every type takes the usual options, and writes them into its JSON Schema', async t => {
  const options = { title: 'T', description: 'D', deprecated: true, examples: ['x'], alias: 'wire-name', default: 'x' }
  const makers = [DateTime, PlainDate, PlainTime, Duration, Uuid, Decimal, Bytes, Email, HttpUrl]
  for (const make of makers) t.match({ ...make(options) }, options, make.name)
  t.match({ ...Enum(['a'], options) }, options)
  t.match({ ...Nullable(Uuid(), options) }, options)
  t.match({ ...SetOf(Uuid(), options) }, options)
})

t.test('an Enum is a named list of values, a Literal one of some values', async t => {
  t.same(inDocument(Enum(['a', 'b'], { title: 'Letter' })), { type: 'string', enum: ['a', 'b'], title: 'Letter' })
  t.same(inDocument(Enum([1, 2])), { type: 'integer', enum: [1, 2] })
  t.same(inDocument(Enum([1, 'a'])), { enum: [1, 'a'] })
  t.notOk(get(Enum(['a']), kLiteral))
  t.same(inDocument(Literal(['a', 'b'])), { type: 'string', enum: ['a', 'b'] })
  t.same(inDocument(Literal([1.5])), { type: 'number', const: 1.5 })
  t.same(inDocument(Literal([null])), { type: 'null', const: null })
  t.same(inDocument(Literal([true])), { type: 'boolean', const: true })
  t.equal(get(Literal(['a']), kLiteral), true)
})

t.test('sets and maps keep the schemas of their parts', async t => {
  const [key, item] = [Type.Integer(), Uuid()]
  const set = SetOf(item, { frozen: true, minItems: 1 })
  t.same(inDocument(set), { type: 'array', uniqueItems: true, items: inDocument(item), minItems: 1 })
  t.equal(get(set, kContainer), 'set')
  t.equal(get(set, kFrozen), true)
  t.notOk(get(SetOf(item), kFrozen))
  const map = DictOf(key, item, { maxProperties: 2 })
  t.same(inDocument(map), { type: 'object', additionalProperties: inDocument(item), maxProperties: 2 })
  t.equal(get(map, kContainer), 'map')
  t.equal(get(map, kKey), key)
})

t.test('Embed marks an object, and Nullable is a union with null', async t => {
  const schema = Embed({ a: Type.Integer() }, { title: 'Both' })
  t.equal(get(schema, kEmbed), true)
  t.match({ ...schema }, { type: 'object', title: 'Both', required: ['a'] })
  t.match({ ...Nullable(Type.String()) }, { anyOf: [{ type: 'string' }, { type: 'null' }] })
})

t.test('ExcludeUnset marks a copy of an object, and shows the object itself in the document', async t => {
  const Item = Type.Object({ name: Type.String(), price: Type.Number({ default: 1 }) }, { title: 'Item' })
  const schema = ExcludeUnset(Item)
  t.equal(get(schema, kUnset), true)
  t.equal(get(Item, kUnset), undefined)
  t.same(inDocument(schema), inDocument(Item))
})

t.test('Refine adds checks in order, and leaves the schema that it is given alone', async t => {
  const schema = Type.String()
  const trim = (text: string): string => text.trim()
  const check = (text: string): void => { if (text === '') throw new Error('empty') }
  const refined = Refine(Refine(schema, trim), check)
  t.same(get(refined, kRefine), [trim, check])
  t.equal(get(schema, kRefine), undefined)
  t.match({ ...refined }, { type: 'string' })
})

t.test("the marks survive TypeBox's own ways with schemas", async t => {
  const created = DateTime()
  const codec = codecOf(created)
  const tags = SetOf(Type.String())
  const Item = Type.Object({ created, tags, kind: Refine(Literal(['a']), value => value) })
  const ways = {
    Optional: Type.Object({ ...Item.properties, created: Type.Optional(created), tags: Type.Optional(tags) }),
    Partial: Type.Partial(Item),
    Required: Type.Required(Type.Partial(Item)),
    Pick: Type.Pick(Item, ['created', 'tags', 'kind']),
    Omit: Type.Omit(Item, ['nothing']),
    Composite: Type.Composite([Type.Object({ a: Type.Null() }), Item]),
    CloneType: CloneType(Item)
  }
  for (const [name, { properties }] of Object.entries(ways)) {
    t.equal(codecOf(properties.created).parse, codec.parse, name)
    t.equal(get(properties.tags, kContainer), 'set', name)
    t.equal(get(properties.kind, kLiteral), true, name)
    t.equal((get(properties.kind, kRefine) as unknown[]).length, 1, name)
  }
  t.equal(get(Type.Partial(Embed({ created })), kEmbed), true)
  t.equal(get(Type.Index(Item, ['created']), kCodec), codec)
  t.equal(get(Type.Array(created).items, kCodec), codec)
  t.equal(get(Type.Readonly(created), kCodec), codec)
})

t.test("a codec works in TypeBox's modes that copy or freeze schemas", async t => {
  const before = TypeSystemPolicy.InstanceMode
  t.teardown(() => { TypeSystemPolicy.InstanceMode = before })
  for (const mode of ['clone', 'freeze'] as const) {
    TypeSystemPolicy.InstanceMode = mode
    const { properties } = Type.Object({ at: DateTime(), price: Decimal({ minimum: 1 }) })
    const codecs = [properties.at, properties.price].map(schema => get(schema, kCodec) as { parse (input: unknown): unknown })
    t.same(codecs[0]?.parse('2026-01-02'), new Date('2026-01-02'), mode)
    t.match(codecs[1]?.parse(0), { type: 'greater_than_equal' }, mode)
  }
})

t.test("TypeBox's Value.Check knows the domain values", async t => {
  const Item = Type.Object({ at: DateTime(), tags: SetOf(Uuid()), weights: DictOf(Type.Integer(), Type.Number()), filter: Json(Type.Object({ a: Type.Integer() })) })
  const item = { at: new Date(), tags: new Set(['123e4567-e89b-12d3-a456-426614174000']), weights: new Map([[1, 2.5]]), filter: { a: 1 } }
  t.ok(Value.Check(Item, item))
  const wrong = [{ at: '2026-01-02' }, { tags: new Set(['x']) }, { tags: [] }, { weights: new Map([['1', 1]]) }, { weights: new Map([[1, '1']]) }, { weights: {} }, { filter: '{}' }]
  for (const part of wrong) t.notOk(Value.Check(Item, { ...item, ...part }))
})

t.test('a missing package is named, with the way to install it', async t => {
  t.throws(() => optionalPeer('fastify-apikit/types: PlainDate()', 'no-such-package'), {
    code: 'APIKIT_ERR_MISSING_PEER',
    message: 'fastify-apikit/types: PlainDate() needs the package "no-such-package": npm install no-such-package',
    cause: { code: 'MODULE_NOT_FOUND' }
  })
})
