import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import t from 'tap'
import { breakingChanges } from '../../plugins/docs/index.ts'

type Json = Record<string, any>

/** What a document breaks of another, a line each; both have one operation, `POST /items/{id}`, unless they say more. */
function broken (before: Json, after: Json): string[] {
  return breakingChanges(before, after).map(({ at, change }) => `${at}: ${change}`)
}

function documentOf (operation: Json, more: Json = {}): Json {
  return { openapi: '3.1.0', info: {}, paths: { '/items': { post: operation } }, ...more }
}

const json = (schema: unknown, more: Json = {}) => ({ content: { 'application/json': { schema } }, ...more })

/** The same change of a schema, of what is sent and of what is answered. */
function schemas (before: unknown, after: unknown, components: [Json, Json] = [{}, {}]): { sent: string[], answered: string[] } {
  const [[old, fresh], [known, now]] = [[before, after], components]
  const cut = (lines: string[]) => lines.map(line => line.replace(/^POST \/items, (body|answer 200)(: |, )/, ''))
  return {
    sent: cut(broken(documentOf({ requestBody: json(old) }, { components: { schemas: known } }), documentOf({ requestBody: json(fresh) }, { components: { schemas: now } }))),
    answered: cut(broken(documentOf({ responses: { 200: json(old) } }, { components: { schemas: known } }), documentOf({ responses: { 200: json(fresh) } }, { components: { schemas: now } })))
  }
}

const object = (properties: Json, required: string[] = [], more: Json = {}) => ({ type: 'object', properties, required, ...more })

t.test('paths, methods, statuses, parameters and bodies that are gone, and those that are asked for anew', async t => {
  const parameter = (name: string, place = 'query', more: Json = {}) => ({ name, in: place, schema: { type: 'string' }, ...more })
  const before = {
    paths: {
      '/items/{id}': {
        parameters: [parameter('id', 'path', { required: true })],
        get: { parameters: [parameter('q'), parameter('kept'), parameter('X-A', 'header')], responses: { 200: json({ type: 'string' }), 404: {}, 400: {} } },
        delete: {}
      },
      '/gone': { get: {}, put: {} },
      '/bodies': { post: { requestBody: json({}) }, put: { requestBody: { content: { 'a/b': {}, 'c/d': {} } } }, patch: { requestBody: json({}) }, get: {}, delete: {} }
    }
  }
  const after = {
    paths: {
      '/items/{item_id}': {
        get: {
          parameters: [
            parameter('item_id', 'path', { required: true }), parameter('kept', 'query', { required: true }), parameter('x-a', 'header'), parameter('new', 'query', { required: true }), parameter('more')
          ],
          responses: { 200: json({ type: 'string' }), '4XX': {}, 201: {} }
        },
        post: {}
      },
      '/bodies': { post: { requestBody: json({}, { required: true }) }, put: { requestBody: { content: { 'a/b': {} } } }, patch: {}, get: { requestBody: json({}, { required: true }) }, delete: { requestBody: json({}) } }
    }
  }
  t.same(broken(before, after), [
    'GET /items/{id}, query parameter new: is new, and required',
    'GET /items/{id}, query parameter q: was removed',
    'GET /items/{id}, query parameter kept: is required now',
    'DELETE /items/{id}: was removed',
    'GET /gone: was removed',
    'PUT /gone: was removed',
    'GET /bodies, body: is new, and required',
    'PUT /bodies, body, c/d: is no longer c/d',
    'POST /bodies, body: is required now',
    'PATCH /bodies, body: was removed'
  ])
  t.same(broken(before, before), [])
  t.same(broken({}, after), [], 'what is added breaks nothing')
})

t.test('answers', async t => {
  const before = documentOf({ responses: { 200: { ...json({}), headers: { 'x-a': {} } }, 404: json({ type: 'string' }), 500: {} } })
  t.same(broken(before, documentOf({ responses: { 200: json({}), 404: { content: { 'text/plain': {} } } } })), [
    'POST /items, answer 200, header x-a: was removed',
    'POST /items, answer 404: is no longer application/json',
    'POST /items, answer 500: was removed'
  ])
  t.same(broken(before, documentOf({ responses: { 200: { ...json({}), headers: { 'x-a': {}, 'x-b': {} } }, default: json({ type: 'integer' }) } })), [
    'POST /items, answer 404: was string, and may now be integer'
  ])
})

t.test('a type', async t => {
  const cases: Array<[before: unknown, after: unknown, sent: string[], answered: string[]]> = [
    [{ type: 'integer' }, { type: 'number' }, [], ['was integer, and may now be number']],
    [{ type: 'number' }, { type: 'integer' }, ['accepted number, and now accepts integer'], []],
    [{ type: 'string' }, { anyOf: [{ type: 'string' }, { type: 'null' }] }, [], ['was string, and may now be null']],
    [{ type: ['string', 'null'] }, { type: 'string' }, ['accepted null, and now accepts string'], []],
    [{}, { type: 'string' }, ['accepted anything, and now accepts string'], []],
    [true, {}, [], []],
    [{ type: 'string' }, false, ['accepted string, and now accepts nothing'], []],
    [{ enum: ['a', 'b'] }, { enum: ['b', 'c'] }, ['no longer accepts "a"'], ['may now be "c"']],
    [{ const: 'a' }, { enum: ['a', 1] }, [], ['may now be 1']],
    [{ type: 'string' }, { const: 'a' }, ['no longer accepts string'], []],
    [{ anyOf: [{ const: 'a' }, { const: 1 }, { type: 'null' }] }, { anyOf: [{ type: 'string' }, { type: 'null' }] }, ['accepted 1, and now accepts string or null'], ['may now be string']],
    [{ enum: ['a', null] }, { anyOf: [{ enum: ['a'] }, { type: 'null' }] }, [], []],
    [{ enum: ['a', 'bb', 3, 4] }, { anyOf: [{ type: 'string', pattern: '^a$', maxLength: 1 }, { type: 'integer', multipleOf: 2 }] },
      ['no longer accepts "bb"', 'no longer accepts 3'], ['may now be string', 'may now be integer']],
    [{ enum: [null, true, [1], { a: 1 }] }, { type: ['array', 'object', 'null'] }, ['accepted true, and now accepts array or object or null'], ['may now be array', 'may now be object']],
    [{ enum: [[1], { a: 1 }] }, { type: ['array', 'object'] }, [], ['may now be array', 'may now be object']],
    [{ type: 'string', format: 'date' }, { type: 'string', format: 'date-time' }, ['its format was date, and is now date-time'], ['its format was date, and is now date-time']],
    [{ type: 'string', pattern: 'a' }, { type: 'string' }, [], ['its pattern was a, and is now not set']],
    [{ anyOf: [{ type: 'string' }, { type: 'array' }] }, { anyOf: [{ type: 'string', maxLength: 1 }, { type: 'null' }] },
      ['its maxLength was not set, and is now 1', 'accepted array, and now accepts string or null'], ['was string or array, and may now be null']]
  ]
  for (const [before, after, sent, answered] of cases) {
    t.same(schemas(before, after), { sent, answered }, JSON.stringify([before, after]))
  }
})

t.test('bounds', async t => {
  const number = { minimum: 1, exclusiveMaximum: 5, multipleOf: 2 }
  const text = { minLength: 1, maxLength: 5 }
  const list = { type: 'array', minItems: 1, uniqueItems: true }
  const cases: Array<[wide: Json, narrow: Json, fits: boolean]> = [
    [{ type: 'number', ...number }, { type: 'number', exclusiveMinimum: 1, maximum: 4, multipleOf: 4 }, true],
    [{ type: 'number', ...number }, { type: 'number', minimum: 0, exclusiveMaximum: 5, multipleOf: 2 }, false],
    [{ type: 'number', exclusiveMinimum: 1 }, { type: 'number', minimum: 1 }, false],
    [{ type: 'number', exclusiveMinimum: 1 }, { type: 'number', minimum: 2 }, true],
    [{ type: 'number', exclusiveMaximum: 1 }, { type: 'number', maximum: 0 }, true],
    [{ type: 'number', maximum: 1 }, { type: 'number' }, false],
    [{ type: 'integer', multipleOf: 1 }, { type: 'integer' }, true],
    [{ type: 'number', multipleOf: 1 }, { type: 'number' }, false],
    [{ type: 'string', ...text }, { type: 'string', minLength: 2, maxLength: 5 }, true],
    [{ type: 'string', ...text }, { type: 'string', maxLength: 5 }, false],
    [{ type: 'string', minLength: 0 }, { type: 'string' }, true],
    [list, { ...list, minItems: 3 }, true],
    [list, { type: 'array', minItems: 1 }, false],
    [{ type: 'array', uniqueItems: false }, { type: 'array' }, true],
    [{ type: 'string', minItems: 1 }, { type: 'string' }, true]
  ]
  for (const [wide, narrow, fits] of cases) {
    t.equal(schemas(narrow, wide).sent.length === 0, fits, JSON.stringify([narrow, wide]))
    t.equal(schemas(wide, narrow).answered.length === 0, fits, JSON.stringify([wide, narrow]))
  }
})

t.test('fields, by the path that leads to them', async t => {
  const text = { type: 'string' }
  t.same(schemas(object({ a: text, b: text, c: text }, ['a']), object({ a: text, b: text, d: text }, ['a', 'b'])), { sent: ['c: was removed', 'b: is required now'], answered: ['c: was removed'] })
  t.same(schemas(object({ a: text, b: text }, ['a', 'b']), object({ b: text, c: text })), { sent: ['a: was removed'], answered: ['a: was removed', 'b: may be missing now'] })
  t.same(schemas(object({ a: text }), object({ a: text }, [], { additionalProperties: false })), { sent: ['no longer accepts other fields'], answered: [] })
  t.same(schemas(object({ a: text }, [], { additionalProperties: false }), object({ a: text, b: text })), { sent: [], answered: [] }, 'an answer may have more')

  const nested = (schema: Json) => object({ list: { type: 'array', items: object({ deep: schema }) }, map: { type: 'object', additionalProperties: object({ deep: schema }) } })
  t.same(schemas(nested(object({ a: text })), nested(object({ b: text }))).answered, ['list, [], deep, a: was removed', 'map, *, deep, a: was removed'])
  t.same(schemas(nested({ type: 'integer' }), nested(text)).sent, ['list, [], deep: accepted integer, and now accepts string', 'map, *, deep: accepted integer, and now accepts string'])

  const tuple = (...prefixItems: Json[]) => ({ type: 'array', prefixItems })
  t.same(schemas(tuple(text, text), tuple(text, { type: 'integer' }, text)).sent, ['[1]: accepted string, and now accepts integer', '[2]: accepted anything, and now accepts string'])

  const both = { allOf: [object({ a: text }, ['a']), object({ b: text })] }
  t.same(schemas(both, object({ a: text, b: text }, ['a'])), { sent: [], answered: [] }, 'an intersection is the object that it makes')
  t.same(schemas(both, { allOf: [object({ a: text })] }), { sent: ['b: was removed'], answered: ['b: was removed', 'a: may be missing now'] })
})

t.test('references are followed, round as well; of a union the model of the same name is meant', async t => {
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
  const tree = (more: Json) => object({ name: { type: 'string' }, children: { type: 'array', items: ref('Tree') } }, [], { title: 'Tree', ...more })
  const forest = (more: Json) => ({ Tree: tree(more), Alias: ref('Tree') })
  t.same(schemas(ref('Alias'), ref('Tree'), [forest({}), forest({})]), { sent: [], answered: [] })
  t.same(schemas(ref('Tree'), ref('Tree'), [forest({}), forest({ required: ['name'] })]), { sent: ['name: is required now'], answered: [] })
  // The references of the one stand where those of the other do not.
  const inline = tree({ properties: { name: { type: 'string' }, children: { type: 'array', items: tree({}) } } })
  t.same(schemas(ref('Tree'), ref('Tree'), [forest({}), { Tree: inline }]), { sent: [], answered: [] })

  const cat = (more: Json) => object({ kind: { const: 'cat' }, ...more }, ['kind'], { title: 'Cat' })
  const dog = (more: Json) => object({ kind: { const: 'dog' }, ...more }, ['kind'], { title: 'Dog' })
  const pet = (...members: Json[]) => ({ oneOf: members })
  t.same(schemas(pet(cat({ a: {} }), dog({})), pet(dog({}), cat({}))), { sent: ['a: was removed'], answered: ['a: was removed'] })
  t.same(schemas(pet(cat({}), dog({})), pet(dog({}))), { sent: ['kind: no longer accepts "cat"'], answered: [] })
  t.same(schemas(pet(cat({}), dog({})), pet(dog({}), object({}, [], { title: 'Fox' }))).sent, [], 'a fox may be a cat')
})

t.test('what the app calls elsewhere is read by others: the other way round', async t => {
  const hook = (schema: Json, more: Json = {}) => ({ webhooks: { paid: { post: { requestBody: json(schema, more), responses: { 200: json({ type: 'integer' }) } } } } })
  const before = hook(object({ a: {} }, ['a']), { required: true })
  t.same(broken(before, hook(object({ a: {}, b: {} }, ['a', 'b']), { required: true })), [])
  t.same(broken(before, hook(object({ a: {} }))), ['webhook paid, POST, body: may be missing now', 'webhook paid, POST, body, a: may be missing now'])
  t.same(broken(before, {}), ['webhook paid, POST: was removed'])
})

t.test('what is asked for: schemes and scopes', async t => {
  const schemes = { components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' }, gone: { type: 'http', scheme: 'basic' } } } }
  const before = documentOf({ security: [{ oauth: ['a'] }] }, schemes)
  t.same(broken(before, documentOf({ security: [{ oauth: ['a', 'b'] }, { key: [] }] }, { components: { securitySchemes: { key: { type: 'apiKey', in: 'query', name: 'x-key' } } } })), [
    'POST /items: oauth now requires the scope b',
    'POST /items: now requires key',
    'security scheme key: its in was header, and is now query'
  ])
  t.same(broken(before, documentOf({}, schemes)), [], 'whoever asks for less breaks nobody')
  t.same(broken(documentOf({}), documentOf({}, { security: [{ key: [] }] })), ['POST /items: now requires key'], 'of all operations')
})

t.test('where nothing is broken, whatever fitted fits: checked with Ajv on schemas and values by chance', async t => {
  const small = fc.integer({ min: 0, max: 3 })
  const { schema } = fc.letrec<{ schema: Json }>(tie => ({
    schema: fc.oneof({ maxDepth: 2 },
      fc.record({ type: fc.constantFrom('number', 'integer'), minimum: small, exclusiveMaximum: small }, { requiredKeys: ['type'] }),
      fc.record({ type: fc.constant('string'), minLength: small, maxLength: small }, { requiredKeys: ['type'] }),
      fc.constantFrom<Json>({}, { type: 'null' }, { type: 'boolean' }, { enum: ['a', 1] }, { const: 'a' }, { type: ['string', 'null'] }),
      fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: small, uniqueItems: fc.boolean() }, { requiredKeys: ['type'] }),
      fc.record({
        type: fc.constant('object'), properties: fc.dictionary(fc.constantFrom('a', 'b'), tie('schema')), required: fc.subarray(['a', 'b']), additionalProperties: fc.oneof(fc.boolean(), tie('schema'))
      }, { requiredKeys: ['type'] }),
      fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }))
  }))
  const { value } = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof({ maxDepth: 2 }, fc.constantFrom<unknown>(null, true, 0, 1, 1.5, 2, 3, '', 'a', 'aaa'), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { noNullPrototype: true }))
  }))
  // A field that was not known may be added; what was sent under its name before is nobody's promise.
  const closed = (part: unknown): any => {
    if (Array.isArray(part)) return part.map(closed)
    if (typeof part !== 'object' || part === null) return part
    const inner = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]))
    return inner.type === 'object' && typeof inner.additionalProperties !== 'object' ? { ...inner, additionalProperties: false } : inner
  }
  const ajv = new Ajv2020({ strict: false })
  let judged = 0
  fc.assert(fc.property(schema.map(closed), schema, fc.array(value, { minLength: 20, maxLength: 20 }), (before, after, values) => {
    if (schemas(before, after).sent.length > 0) return
    judged++
    const [old, fresh] = [ajv.compile(before), ajv.compile(after)]
    for (const one of values) if (old(one) && !fresh(one)) throw new Error(`${JSON.stringify(one)} fits ${JSON.stringify(before)}, and not ${JSON.stringify(after)}`)
  }), { numRuns: 1000 })
  t.ok(judged > 50, `${judged} pairs were judged`)
})
