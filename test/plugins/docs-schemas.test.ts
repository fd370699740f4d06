import { Validator } from '@seriousme/openapi-schema-validator'
import { type TSchema, Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import docs from '../../plugins/docs/index.ts'
import {
  AnyUrl, Bytes, DateTime, Decimal, DictOf, Duration, Email, Enum, HttpUrl, Json, Literal, Nullable, PlainDate, PlainTime, Refine, Secret, SetOf, Uuid
} from '../../plugins/types/index.ts'
import { bare, standIn } from '../helper.ts'

const answer = async () => null

interface Part {
  readonly body?: object
  readonly response?: object
  readonly prefix?: string
}

/** The document of routes that read and answer these schemas, which is valid. */
async function documentOf (t: Test, parts: readonly Part[], shared: readonly object[] = []) {
  // Only what is documented counts here: nothing is checked or written.
  const app = bare(t)
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => () => '')
  standIn(app, 'validation', 'response-model')
  await app.register(docs)
  for (const schema of shared) app.addSchema(schema)
  for (const [index, { body, response, prefix = '' }] of parts.entries()) {
    await app.register(async child => {
      child.post(`/${index}`, { schema: { ...body && { body }, ...response && { response: { 200: response } } } }, answer)
    }, { prefix })
  }
  const document = (await app.inject('/openapi.json')).json()
  t.match(await new Validator().validate(document), { valid: true })
  const schemaOf = (index: number, part: 'body' | 'response') => {
    const { post } = document.paths[`${parts[index]?.prefix ?? ''}/${index}`]
    return (part === 'body' ? post.requestBody : post.responses[200]).content['application/json'].schema
  }
  return { document, schemas: document.components?.schemas ?? {}, bodyOf: (index: number) => schemaOf(index, 'body'), responseOf: (index: number) => schemaOf(index, 'response') }
}

const decimal = { type: 'string' }
const Color = Enum(['red', 'green'], { title: 'Color', description: 'A color' })
const color = { $ref: '#/components/schemas/Color' }

t.test('every type is written as FastAPI writes it', async t => {
  const cases: Array<[schema: TSchema, input: object, output?: object]> = [
    [Type.Integer({ minimum: 1, exclusiveMaximum: 5, multipleOf: 2 }), { type: 'integer', minimum: 1, exclusiveMaximum: 5, multipleOf: 2 }],
    [Type.String({ minLength: 1, pattern: '^a' }), { type: 'string', minLength: 1, pattern: '^a' }],
    [Type.Unknown({ default: null }), {}],
    [DateTime(), { type: 'string', format: 'date-time' }],
    [PlainDate(), { type: 'string', format: 'date' }],
    [PlainTime({ default: '01:02:00' }), { type: 'string', format: 'time', default: '01:02:00' }],
    [Duration(), { type: 'string', format: 'duration' }],
    [Uuid(), { type: 'string', format: 'uuid' }],
    [Email(), { type: 'string', format: 'email' }],
    [HttpUrl(), { type: 'string', format: 'uri', minLength: 1, maxLength: 2083 }],
    [AnyUrl(), { type: 'string', format: 'uri', minLength: 1 }],
    [Bytes(), { type: 'string', contentMediaType: 'application/octet-stream' }],
    [Bytes({ encoding: 'base64' }), { type: 'string', contentEncoding: 'base64', contentMediaType: 'application/octet-stream' }],
    [Secret(), { type: 'string', format: 'password', writeOnly: true }],
    [Decimal({ default: '1.5' }), { anyOf: [{ type: 'number' }, decimal], default: '1.5' }, { ...decimal, default: '1.5' }],
    [Nullable(Decimal()), { anyOf: [{ type: 'number' }, decimal, { type: 'null' }] }, { anyOf: [decimal, { type: 'null' }] }],
    [Json(Type.Integer()), { type: 'string', contentMediaType: 'application/json', contentSchema: { type: 'integer' } }, { type: 'integer' }],
    [Literal(['a', 'b']), { type: 'string', enum: ['a', 'b'] }],
    [Literal(['z']), { type: 'string', const: 'z' }],
    [Literal([null]), { type: 'null' }],
    [Type.Array(Type.Unknown()), { type: 'array', items: {} }],
    [SetOf(Type.String(), { default: [] }), { type: 'array', uniqueItems: true, items: { type: 'string' }, default: [] }],
    [Type.Tuple([Type.Integer(), Type.String()]), { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'string' }], minItems: 2, maxItems: 2 }],
    [Type.Record(Type.String(), Type.Number()), { type: 'object', additionalProperties: { type: 'number' } }],
    [Type.Record(Type.String({ pattern: '^a' }), Type.Number()), { type: 'object', patternProperties: { '^a': { type: 'number' } } }],
    [Type.Record(Type.String(), Type.Unknown()), { type: 'object', additionalProperties: true }],
    [DictOf(Type.Integer(), Type.Number()), { type: 'object', additionalProperties: { type: 'number' } }],
    [DictOf(Type.String({ pattern: '^a' }), Type.Number()), { type: 'object', patternProperties: { '^a': { type: 'number' } } }],
    [DictOf(Uuid(), Type.Unknown()), { type: 'object', additionalProperties: true, propertyNames: { format: 'uuid' } }],
    [DictOf(Color, Type.Number()), { type: 'object', additionalProperties: { type: 'number' }, propertyNames: color }],
    [Type.Object({}), { type: 'object' }],
    [Type.Object({}, { additionalProperties: false }), { type: 'object', additionalProperties: false }],
    [Type.Union([Type.Integer(), Type.String()], { default: 1 }), { anyOf: [{ type: 'integer' }, { type: 'string' }], default: 1 }],
    [Nullable(Nullable(Type.Integer())), { anyOf: [{ type: 'integer' }, { type: 'null' }] }],
    [Type.Union([Type.Literal('a'), Type.Literal('b')]), { type: 'string', enum: ['a', 'b'] }],
    [Type.Union([Type.Literal('a'), Type.Literal(1), Type.Null()]), { anyOf: [{ enum: ['a', 1] }, { type: 'null' }] }],
    [Type.Unsafe({ type: 'string', nullable: true, description: 'd' }), { anyOf: [{ type: 'string' }, { type: 'null' }], description: 'd' }],
    [Type.Unsafe({ type: ['string', 'null'], $comment: 'mine', alias: 'x' }), { type: ['string', 'null'] }],
    [Type.Not(Type.String()), { not: { type: 'string' } }],
    [Type.Unsafe({ prefixItems: [{ type: 'string' }], items: false, contains: true }), { prefixItems: [{ type: 'string' }], items: false, contains: true }],
    [Type.Unsafe({ items: [false, true] }), { prefixItems: [{ not: {} }, {}] }],
    [Type.Unsafe({ anyOf: [{ required: ['a'] }, { dependentSchemas: { a: Color } }] }), { anyOf: [{ required: ['a'] }, { dependentSchemas: { a: color } }] }],
    [Type.Unsafe({ type: 'object', properties: { a: true } }), { type: 'object', properties: { a: { title: 'A' } } }],
    [Type.Unsafe({ $ref: 'Nowhere#' }), {}],
    [Refine(Type.String(), () => {}), { type: 'string' }],
    [{ ...Color, default: 'red', deprecated: true }, { ...color, default: 'red', deprecated: true }],
    [Nullable(Color), { anyOf: [color, { type: 'null' }] }]
  ]
  const { bodyOf, responseOf, schemas } = await documentOf(t, cases.map(([schema]) => ({ body: Type.Array(schema), response: Type.Array(schema) })))
  for (const [index, [, input, output = input]] of cases.entries()) {
    t.strictSame(bodyOf(index).items, input)
    t.strictSame(responseOf(index).items, output)
  }
  t.strictSame(schemas, { Color: { type: 'string', enum: ['red', 'green'], title: 'Color', description: 'A color' } })
})

t.test('a model is a component, whose properties have titles', async t => {
  const Sub = Type.Object({ x: Type.Integer({ default: 5 }) }, { title: 'Sub', description: 'A sub' })
  const Item = Type.Object({
    item_name: Type.String(),
    q: Type.String({ title: 'Custom', alias: 'alIas', default: 'q' }),
    sub: Nullable(Sub, { default: null }),
    subs: Type.Optional(Type.Array(Sub)),
    named: Nullable(Sub, { title: 'Named' }),
    plain: { ...Sub, default: { x: 5 } },
    color: Type.Optional(Color),
    context: Type.Object({}, { title: 'Context' })
  }, { title: 'Page[Item]', examples: [{ item_name: 'x', sub: null, named: [null] }], additionalProperties: false })
  const sub = { $ref: '#/components/schemas/Sub' }

  const { bodyOf, schemas } = await documentOf(t, [{ body: Item }])
  t.same(bodyOf(0), { $ref: '#/components/schemas/Page_Item_' })
  t.strictSame(schemas, {
    Context: { title: 'Context', type: 'object', properties: {} },
    Color: { type: 'string', enum: ['red', 'green'], title: 'Color', description: 'A color' },
    Page_Item_: {
      title: 'Page[Item]',
      examples: [{ item_name: 'x', named: [null] }],
      type: 'object',
      properties: {
        item_name: { type: 'string', title: 'Item Name' },
        alIas: { type: 'string', title: 'Custom', default: 'q' },
        sub: { anyOf: [sub, { type: 'null' }] },
        subs: { type: 'array', items: sub, title: 'Subs' },
        named: { anyOf: [sub, { type: 'null' }], title: 'Named' },
        plain: { ...sub, default: { x: 5 } },
        color,
        context: { $ref: '#/components/schemas/Context' }
      },
      required: ['item_name', 'named', 'context'],
      additionalProperties: false
    },
    Sub: { title: 'Sub', description: 'A sub', type: 'object', properties: { x: { default: 5, type: 'integer', title: 'X' } } }
  })
})

t.test('what is said of one use of a model stands beside its reference', async t => {
  const Item = Type.Object({ a: Type.String() }, { title: 'Item', description: 'An item' })
  const ref = { $ref: '#/components/schemas/Item' }
  const { bodyOf, schemas } = await documentOf(t, [
    { body: Item },
    { body: { ...Item, description: 'The new item', examples: [{ a: 'b' }] } },
    { body: Type.Object(Item.properties, { title: 'Item', description: 'An item' }) }
  ])
  t.same([0, 1, 2].map(bodyOf), [ref, { ...ref, description: 'The new item', examples: [{ a: 'b' }] }, ref])
  t.match(schemas, { Item: { description: 'An item', examples: undefined } })
  t.same(Object.keys(schemas), ['Item'])

  const alone = await documentOf(t, [{ body: { ...Type.Object({ a: Type.String() }, { title: 'Item' }), examples: [{ a: 'b' }] } }])
  t.same(alone.bodyOf(0), { ...ref, examples: [{ a: 'b' }] })
  const own = await documentOf(t, [{ body: Type.Object({ a: Type.String() }, { title: 'Item', examples: [{ a: 'b' }] }) }])
  t.same(own.bodyOf(0), ref)
  t.same(own.schemas.Item.examples, [{ a: 'b' }])
})

t.test('a model that is described keeps its own description, though one answer is described anew', async t => {
  const Item = Type.Object({ price: Decimal() }, { title: 'Item', description: '\n  An item\n  of ours\n\f secret' })
  const { document: { paths, components } } = await documentOf(t, [{ body: Item, response: { ...Item, description: 'The new item' } }])
  t.equal(paths['/0'].post.responses[200].description, 'The new item')
  t.equal(components.schemas['Item-Input'].description, 'An item\nof ours')
  t.equal(components.schemas['Item-Output'].description, 'An item\nof ours')
})

t.test('two schemas of one title are told apart', async t => {
  const titled = (title: string, property: TSchema) => Type.Object({ x: property }, { title })

  t.test('by their direction, and so are those that contain them', async t => {
    const Price = titled('Price', Decimal())
    const Order = titled('Order', Type.Array(Price))
    const { bodyOf, responseOf, schemas } = await documentOf(t, [{ body: Order, response: Order }, { body: titled('Out', Type.String()), response: titled('Out', Type.Integer()) }])
    t.same(bodyOf(0), { $ref: '#/components/schemas/Order-Input' })
    t.same(responseOf(0), { $ref: '#/components/schemas/Order-Output' })
    t.same(schemas['Order-Output'].properties.x.items, { $ref: '#/components/schemas/Price-Output' })
    t.same(Object.keys(schemas), ['Order-Input', 'Order-Output', 'Out-Input', 'Out-Output', 'Price-Input', 'Price-Output'])
  })

  t.test('by the prefix of their router, else by number', async t => {
    const { bodyOf, responseOf, schemas } = await documentOf(t, [
      { body: titled('Item', Type.String()), prefix: '/v1/items' },
      { body: titled('Item', Type.Integer()), prefix: '/v2' },
      { response: titled('Item', Type.Boolean()), prefix: '/v2' },
      { body: titled('Other', Type.String()) },
      { body: titled('Other', Type.Integer()) },
      { body: titled('Other', Type.Boolean()) },
      { body: titled('Other_2', Type.Boolean()) }
    ])
    t.same([0, 1, 3, 4, 5, 6].map(index => bodyOf(index).$ref.slice('#/components/schemas/'.length)), ['Item__v1__items', 'Item__v2-Input', 'Other', 'Other_3', 'Other_4', 'Other_2'])
    t.same(responseOf(2), { $ref: '#/components/schemas/Item-Output' })
    t.equal(Object.keys(schemas).length, 7)
  })
})

t.test('references', async t => {
  t.test('to schemas of the app, to $defs and to parts are components', async t => {
    const { bodyOf, schemas } = await documentOf(t, [
      { body: { $ref: 'https://x.com/item#', description: 'The item' } },
      { body: { type: 'object', title: 'Root', properties: { a: { $ref: '#/$defs/Part' }, b: { $ref: 'Named#/properties/n' } }, $defs: { Part: { type: 'integer' } } } },
      { body: { type: 'array', items: { $ref: '#' } } }
    ], [
      { $id: 'https://x.com/item', type: 'object', properties: { other: { $ref: 'Named#' } } },
      { $id: 'Named', title: 'The Name', type: 'object', properties: { n: { type: 'string' }, item: { $ref: 'https://x.com/item#' } } }
    ])
    t.same(bodyOf(0), { $ref: '#/components/schemas/https___x.com_item', description: 'The item' })
    t.strictSame(schemas.Root.properties, { a: { $ref: '#/components/schemas/Part' }, b: { $ref: '#/components/schemas/n' } })
    t.strictSame(schemas.Part, { type: 'integer', title: 'Part' })
    t.strictSame(schemas.The_Name.properties.item, { $ref: '#/components/schemas/https___x.com_item' })
    t.strictSame(schemas.Schema, { type: 'array', items: { $ref: '#/components/schemas/Schema' }, title: 'Schema' })
  })

  t.test('mean what they mean in the scope of the route', async t => {
    const shared = { title: 'Holder', type: 'object', properties: { part: { $ref: 'Part#' } } }
    const app = bare(t)
    await app.register(docs)
    for (const [prefix, type] of [['/a', 'string'], ['/b', 'integer']] as const) {
      await app.register(async child => {
        child.addSchema({ $id: 'Part', type })
        child.post('/', { schema: { body: shared } }, answer)
      }, { prefix })
    }
    const { schemas } = (await app.inject('/openapi.json')).json().components
    t.same([schemas.Part__a.type, schemas.Part__b.type], ['string', 'integer'])
    t.same(Object.keys(schemas), ['Holder__a', 'Holder__b', 'Part__a', 'Part__b'])
  })

  t.test('of a schema to itself go round', async t => {
    const Node = Type.Recursive(This => Type.Object({ price: Decimal(), nodes: Type.Array(This) }), { $id: 'Node' })
    const { bodyOf, schemas } = await documentOf(t, [{ body: Node, response: Node }, { body: Type.Array(Node) }])
    t.same(bodyOf(0), { $ref: '#/components/schemas/Node-Input' })
    t.same(bodyOf(1).items, bodyOf(0))
    t.same(schemas['Node-Output'].properties.nodes.items, { $ref: '#/components/schemas/Node-Output' })
    t.same(Object.keys(schemas), ['Node-Input', 'Node-Output'])
  })
})

t.test('a discriminated union says which member a tag means', async t => {
  const Cat = Type.Object({ kind: Literal(['cat', 'lion']) }, { title: 'Cat' })
  const Dog = Type.Object({ kind: Type.Literal('dog') }, { title: 'Dog' })
  const Odd = Type.Object({ kind: Type.String() }, { title: 'Odd' })
  const union = Type.Union([Cat, Dog, Odd], { discriminator: { propertyName: 'kind' } })
  const { bodyOf } = await documentOf(t, [{ body: union }, { body: Type.Unsafe({ oneOf: [true, Dog], discriminator: { propertyName: 'kind' } }) }])
  t.strictSame(bodyOf(0), {
    oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }, { $ref: '#/components/schemas/Odd' }],
    discriminator: {
      mapping: { cat: '#/components/schemas/Cat', lion: '#/components/schemas/Cat', dog: '#/components/schemas/Dog' },
      propertyName: 'kind'
    },
    title: 'Body'
  })
  t.match(bodyOf(1), { oneOf: [{}, { $ref: '#/components/schemas/Dog' }], discriminator: { mapping: { dog: '#/components/schemas/Dog' } } })
})

t.test('an intersection with a title is a component', async t => {
  const { schemas } = await documentOf(t, [{ body: Type.Intersect([Type.Object({ a: Type.String() }, { title: 'A' }), Type.Object({ b: Type.String() })], { title: 'Both' }) }])
  t.strictSame(schemas.Both, {
    title: 'Both',
    type: 'object',
    allOf: [{ $ref: '#/components/schemas/A' }, { type: 'object', properties: { b: { type: 'string', title: 'B' } }, required: ['b'] }]
  })
})

t.test('unions are told apart by literals of any spelling, nested ones too', async t => {
  const $ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
  const Black = Type.Object({ pet: Literal(['cat']), color: Literal(['black']) }, { title: 'Black' })
  const White = Type.Object({ pet: Literal(['cat', 'lion']), color: Literal(['white']) }, { title: 'White' })
  const Dog = Type.Object({ pet: Type.Union([Type.Literal('dog'), Type.Literal('wolf')]) }, { title: 'Dog' })
  const Cat = Type.Union([Black, White], { discriminator: { propertyName: 'color' } })
  const Called = Type.Object({ kind: Literal(['x'], { alias: 'type' }) }, { title: 'Called' })
  const { bodyOf } = await documentOf(t, [
    { body: Type.Union([Cat, Dog], { discriminator: { propertyName: 'pet' } }) },
    { body: Type.Array(Type.Union([Called, Type.Object({ kind: Type.Optional(Type.String()) }, { title: 'Loose' })], { discriminator: { propertyName: 'kind' } })) }
  ])
  t.match(bodyOf(0).discriminator, { propertyName: 'pet', mapping: { cat: undefined, lion: $ref('White').$ref, dog: $ref('Dog').$ref, wolf: $ref('Dog').$ref } }, 'what means two of them means none')
  t.match(bodyOf(1).items.discriminator, { propertyName: 'type', mapping: { x: $ref('Called').$ref } })
})

t.test('models without fields are components, and null is a type', async t => {
  const { bodyOf, schemas } = await documentOf(t, [
    { body: Type.Object({}, { title: 'Empty', description: 'shown\fhidden' }) },
    { body: Type.Object({ nothing: Type.Unsafe({ const: null }) }, { title: 'Nothing' }) }
  ])
  t.same(bodyOf(0), { $ref: '#/components/schemas/Empty' })
  t.match(schemas, { Empty: { type: 'object', properties: {}, description: 'shown' }, Nothing: { properties: { nothing: { type: 'null' } } } })
})

t.test('references in the parameters of an added schema are those of that schema', async t => {
  const app = bare(t)
  standIn(app, 'validation')
  app.setValidatorCompiler(() => () => true)
  await app.register(docs)
  app.addSchema({ $id: 'http://example.com/common', definitions: { uid: { type: 'string', minLength: 2 }, P: { type: 'object', required: ['id'], properties: { id: { $ref: '#/definitions/uid' } } } } })
  app.get('/:id', { schema: { params: { $ref: 'http://example.com/common#/definitions/P' } } }, answer)
  const document = (await app.inject('/openapi.json')).json()
  t.same(document.paths['/{id}'].get.parameters[0].schema, { $ref: '#/components/schemas/uid' })
  t.match(document.components.schemas.uid, { type: 'string', minLength: 2 })
})

t.test('a model that has fields of responses somewhere is two, also where one stands for both', async t => {
  const Inner = Type.Object({ n: Type.Integer(), label: Type.Optional(Type.String({ readOnly: true })) }, { title: 'Inner' })
  const Outer = Type.Object({ list: Type.Array(Inner) }, { title: 'Outer' })
  const app = bare(t)
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => () => '')
  standIn(app, 'validation', 'response-model')
  await app.register(docs, { separateInputOutputSchemas: false })
  app.post('/', { schema: { body: Type.Object({ list: Type.Array(Type.Object({ n: Type.Integer() }, { title: 'Inner' })) }, { title: 'Outer' }), response: { 200: Outer } } }, answer)
  t.same(Object.keys((await app.inject('/openapi.json')).json().components.schemas).filter(name => /^(Inner|Outer)/.test(name)), ['Inner-Input', 'Inner-Output', 'Outer-Input', 'Outer-Output'])
})
