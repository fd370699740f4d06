import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { Bytes, DateTime, Enum, Form, Json, Literal, Nullable, Refine, SetOf } from '../../../plugins/types/index.ts'
import { json, queryReader, reader } from './reader.ts'

const INT_PARSING = { type: 'int_parsing', msg: 'Input should be a valid integer, unable to parse string as an integer' }

/** A schema that JSON Schema's keywords alone describe, and one that only its parsers read. */
const both = (schema: ReturnType<typeof Type.Object>) => [schema, Type.Object(Object.fromEntries(
  Object.entries(schema.properties).map(([name, property]) => [name, Refine(property, () => {})])), { ...schema, properties: undefined, required: undefined })]

t.test('each source is read by its own schema, and the handler finds the values where Fastify keeps them', async t => {
  const integer = Type.Object({ n: Type.Integer() })
  const { accepts } = await reader(t, { params: integer, querystring: integer, headers: integer, cookies: integer }, { url: '/:n' })
  const { params, query, headers, cookieParams } = await accepts({ url: '/1?n=2', headers: { n: '3', cookie: 'n=4' } })
  t.strictSame([params, query, cookieParams], [{ n: 1 }, { n: 2 }, { n: 4 }])
  t.equal(headers.n, 3)
  t.equal(headers.host, 'localhost:80', 'the other headers stay')
})

t.test('what is wrong is told of all sources at once, in the order path, query, header, cookie, body', async t => {
  const integer = Type.Object({ n: Type.Integer() })
  const { refuses } = await reader(t, { body: integer, cookies: integer, headers: integer, querystring: integer, params: integer }, { url: '/:n' })
  t.strictSame(await refuses({ method: 'POST', url: '/a?n=b', headers: { n: 'c', cookie: 'n=d' }, payload: { n: 'e' } }), [
    { type: INT_PARSING.type, loc: ['path', 'n'], msg: INT_PARSING.msg, input: 'a' },
    { type: INT_PARSING.type, loc: ['query', 'n'], msg: INT_PARSING.msg, input: 'b' },
    { type: INT_PARSING.type, loc: ['header', 'n'], msg: INT_PARSING.msg, input: 'c' },
    { type: INT_PARSING.type, loc: ['cookie', 'n'], msg: INT_PARSING.msg, input: 'd' },
    { type: INT_PARSING.type, loc: ['body', 'n'], msg: INT_PARSING.msg, input: 'e' }
  ])
})

t.test('what is missing is missing with a null input, unless it is optional or has a default', async t => {
  for (const schema of both(Type.Object({
    need: Type.String(), may: Type.Optional(Type.String()), has: Type.Integer({ default: 7 }), or: Type.Optional(Nullable(Type.Integer(), { default: null }))
  }))) {
    const { accepts, refuses } = await queryReader(t, schema)
    t.strictSame(await refuses('may=a'), [{ type: 'missing', loc: ['query', 'need'], msg: 'Field required', input: null }])
    t.strictSame(await accepts('need=a'), { need: 'a', has: 7, or: null })
    t.strictSame(await accepts('need=a&may=b&has=8&or=9'), { need: 'a', may: 'b', has: 8, or: 9 })
    t.strictSame(await accepts('need=&may='), { need: '', may: '', has: 7, or: null }, 'an empty value is a value')
    t.strictSame((await refuses('need=a&has=')).map(({ type, loc, input }) => [type, loc, input]), [['int_parsing', ['query', 'has'], '']])
    t.strictSame((await refuses('need=a&or=null')).map(({ type, loc }) => [type, loc]), [['int_parsing', ['query', 'or']]])
  }
})

t.test('path', async t => {
  t.test('a segment is decoded before it is read', async t => {
    const { accepts } = await reader(t, { params: Type.Object({ name: Type.String() }) }, { url: '/:name' })
    t.strictSame((await accepts('/caf%C3%A9%20%3F')).params, { name: 'café ?' })
  })

  t.test('a slash ends a segment, encoded too, unless a pattern of its own takes it', async t => {
    const { app } = await reader(t, { params: Type.Object({ name: Type.String() }) }, { url: '/:name' })
    t.equal((await app.inject('/a%2Fb')).statusCode, 404)
    const { accepts } = await reader(t, { params: Type.Object({ name: Type.String() }) }, { url: '/:name(^.+$)' })
    t.strictSame((await accepts('/a%2Fb')).params, { name: 'a/b' })
  })

  t.test('a wildcard is a parameter named *', async t => {
    const { accepts } = await reader(t, { params: Type.Object({ '*': Type.String({ minLength: 3 }) }) }, { url: '/files/*' })
    t.strictSame((await accepts('/files/a/b')).params, { '*': 'a/b' })
  })

  t.test('an alias is the name in the URL', async t => {
    const { accepts, refuses } = await reader(t, { params: Type.Object({ id: Type.Integer({ alias: 'item_id' }) }) }, { url: '/:item_id' })
    t.strictSame((await accepts('/5')).params, { id: 5 })
    t.strictSame((await refuses('/x'))[0]?.loc, ['path', 'item_id'])
  })

  t.test('extras are refused where the schema forbids them', async t => {
    const { refuses } = await reader(t, { params: Type.Object({ a: Type.String() }, { additionalProperties: false }) }, { url: '/:a/:b' })
    t.strictSame(await refuses('/1/2'), [{ type: 'extra_forbidden', loc: ['path', 'b'], msg: 'Extra inputs are not permitted', input: '2' }])
  })
})

t.test('query', async t => {
  t.test('of a repeated key the last counts, and a list takes all', async t => {
    for (const schema of both(Type.Object({ n: Type.Integer(), all: Type.Array(Type.Integer()) }))) {
      const { accepts, refuses } = await queryReader(t, schema)
      t.strictSame(await accepts('n=1&all=1&n=2&all=2'), { n: 2, all: [1, 2] })
      t.strictSame(await accepts('n=1&all=1'), { n: 1, all: [1] }, 'one is a list of one')
      t.strictSame(await refuses('n=1&all=1&all=x'), [{ type: INT_PARSING.type, loc: ['query', 'all', 1], msg: INT_PARSING.msg, input: 'x' }])
      t.strictSame(await refuses('n=1'), [{ type: 'missing', loc: ['query', 'all'], msg: 'Field required', input: null }])
    }
  })

  t.test('sets, tuples and unions with a list in them are lists, too', async t => {
    const { accepts } = await queryReader(t, Type.Object({
      set: Type.Optional(SetOf(Type.Integer())),
      tuple: Type.Optional(Type.Tuple([Type.Integer(), Type.String()])),
      union: Type.Optional(Type.Union([Type.Array(Type.Integer()), Type.Boolean()])),
      null: Type.Optional(Nullable(Type.Array(Type.Integer()))),
      deep: Type.Optional(Refine(Nullable(Type.Union([Type.Array(Type.Integer()), Type.Boolean()])), () => {}))
    }))
    t.strictSame(await accepts('deep=1&deep=2'), { deep: [1, 2] })
    t.strictSame(await accepts('set=1&set=2&set=1'), { set: new Set([1, 2]) })
    t.strictSame(await accepts('tuple=1&tuple=2'), { tuple: [1, '2'] })
    t.strictSame(await accepts('union=1'), { union: [1] })
    t.strictSame(await accepts('null=1&null=2'), { null: [1, 2] })
  })

  t.test('a list has its default, and is not split at commas', async t => {
    const { accepts } = await queryReader(t, Type.Object({ q: Type.Array(Type.String(), { default: ['foo', 'bar'] }) }))
    t.strictSame(await accepts(''), { q: ['foo', 'bar'] })
    t.strictSame(await accepts('q=a,b'), { q: ['a,b'] })
  })

  t.test('an alias is the name on the wire and in loc', async t => {
    for (const schema of both(Type.Object({ item: Type.String({ alias: 'item-query', minLength: 2 }) }))) {
      const { accepts, refuses } = await queryReader(t, schema)
      t.strictSame(await accepts('item-query=ab'), { item: 'ab' })
      t.strictSame(await refuses('item=ab'), [{ type: 'missing', loc: ['query', 'item-query'], msg: 'Field required', input: null }])
      t.strictSame((await refuses('item-query=a'))[0]?.loc, ['query', 'item-query'])
    }
  })

  t.test('it is decoded as Python decodes it, malformed or not', async t => {
    const { accepts } = await queryReader(t, Type.Object({ q: Type.String(), a: Type.Optional(Type.Array(Type.String())), é: Type.Optional(Type.String()) }))
    const cases: Array<[string, object]> = [
      ['q=a+b%20c', { q: 'a b c' }],
      ['q=caf%C3%A9&%C3%A9=x', { q: 'café', é: 'x' }],
      ['q=%FF', { q: '\ufffd' }],
      ['q=100%', { q: '100%' }],
      ['q=%zz+%41', { q: '%zz A' }],
      ['q=%E2%82', { q: '\ufffd' }],
      ['q=%&q=a+b&a=1&&a=%2&a', { q: 'a b', a: ['1', '%2', ''] }],
      ['%C3%A9=1&q=%C3%28', { q: '\ufffd(', é: '1' }],
      ['q', { q: '' }],
      ['q=a=b', { q: 'a=b' }],
      ['q=a?b', { q: 'a?b' }]
    ]
    for (const [query, value] of cases) t.strictSame(await accepts(query), value, query)
  })

  t.test('no query string is an empty one', async t => {
    const { accepts } = await reader(t, { querystring: Type.Object({ q: Type.Optional(Type.String()) }) })
    t.strictSame((await accepts('/')).query, {})
  })

  t.test('names of Object.prototype are names like any other', async t => {
    const named = Type.Object({ constructor: Type.Optional(Type.String()), ['__proto__']: Type.Optional(Type.String()), toString: Type.Optional(Type.String()) })
    const plain = Type.Object({ constructor: Type.Optional(Type.String()), toString: Type.Optional(Type.String()), own: Type.Optional(Type.String({ alias: '__proto__' })) })
    for (const [schema, proto] of [[named, '__proto__'], [plain, 'own'], [both(plain)[1], 'own']] as const) {
      const { accepts } = await queryReader(t, schema)
      t.strictSame(Object.entries(await accepts('')), [])
      t.strictSame(Object.entries(await accepts('constructor=a&toString=c')), [['constructor', 'a'], ['toString', 'c']])
      const given = await accepts('__proto__=b&x=%')
      t.strictSame(Object.entries(given), [[proto, 'b']])
      t.equal(Object.getPrototypeOf(given), Object.prototype)
    }
  })

  t.test('the same schema may stand under the key `query`', async t => {
    const { accepts } = await reader(t, { query: Type.Object({ n: Type.Integer() }) } as object)
    t.strictSame((await accepts('/?n=5')).query, { n: 5 })
  })

  t.test('a querystring parser of the server’s own is heard', async t => {
    const { accepts, refuses } = await queryReader(t, Type.Object({ filter: Type.Object({ on: Type.Boolean() }) }), {
      server: { routerOptions: { querystringParser: text => ({ filter: { on: text } }) } }
    })
    t.strictSame(await accepts('true'), { filter: { on: true } })
    t.strictSame((await refuses('perhaps'))[0]?.loc, ['query', 'filter', 'on'])
  })
})

t.test('keys that a schema does not name', async t => {
  const properties = { a: Type.Optional(Type.Integer()) }

  t.test('are dropped', async t => {
    const { accepts } = await queryReader(t, Type.Object(properties))
    t.strictSame(await accepts('a=1&b=2&b=3'), { a: 1 })
    t.strictSame(await accepts('a=+1&b=2'), { a: 1 })
  })

  t.test('are refused with additionalProperties: false, in the order in which they were sent', async t => {
    const { accepts, refuses } = await queryReader(t, Type.Object(properties, { additionalProperties: false }))
    t.strictSame(await accepts('a=1'), { a: 1 })
    t.strictSame(await accepts('a=+1'), { a: 1 })
    t.strictSame(await refuses('c=3&a=x&b=1&b=2&__proto__=p'), [
      { type: INT_PARSING.type, loc: ['query', 'a'], msg: INT_PARSING.msg, input: 'x' },
      { type: 'extra_forbidden', loc: ['query', 'c'], msg: 'Extra inputs are not permitted', input: '3' },
      { type: 'extra_forbidden', loc: ['query', 'b'], msg: 'Extra inputs are not permitted', input: ['1', '2'] },
      { type: 'extra_forbidden', loc: ['query', '__proto__'], msg: 'Extra inputs are not permitted', input: 'p' }
    ])
  })

  t.test('are kept with additionalProperties: true', async t => {
    const { accepts } = await queryReader(t, Type.Object(properties, { additionalProperties: true }))
    const given = await accepts('b=1&b=2&a=3&__proto__=p')
    t.strictSame(Object.entries(given), [['a', 3], ['b', ['1', '2']], ['__proto__', 'p']])
    t.equal(Object.getPrototypeOf(given), Object.prototype)
  })

  t.test('are read by a schema in additionalProperties', async t => {
    const { accepts, refuses } = await queryReader(t, Type.Object(properties, { additionalProperties: Type.Integer() }))
    t.strictSame(await accepts('a=1&b=2'), { a: 1, b: 2 })
    t.strictSame(await refuses('b=x'), [{ type: INT_PARSING.type, loc: ['query', 'b'], msg: INT_PARSING.msg, input: 'x' }])
  })

  t.test('never take the place of a field that has an alias', async t => {
    const aliased = { id: Type.Optional(Type.Integer({ alias: 'item_id' })), x_token: Type.Optional(Type.Integer()) }
    for (const options of [{ additionalProperties: true }, { additionalProperties: true, title: 'Model' }]) {
      const schema = Type.Object(aliased, options)
      const { accepts } = await reader(t, { querystring: schema, headers: schema, body: schema })
      for (const [sent, id] of [[{ id: 'evil' }, undefined], [{ item_id: '1', id: 'evil' }, 1]] as const) {
        const { query, body } = await accepts({ method: 'POST', url: '/?' + new URLSearchParams(sent), payload: sent })
        t.strictSame([query.id, body.id], [id, id])
      }
      const { headers } = await accepts({ method: 'POST', url: '/', headers: { 'x-token': '1', x_token: 'evil' }, payload: {} })
      t.equal(headers.x_token, 1)
    }
    const { accepts } = await reader(t, { headers: Type.Object(aliased) })
    const { headers } = await accepts({ url: '/', headers: { x_token: 'evil', id: 'evil' } })
    t.strictSame([headers.x_token, headers.id], [undefined, undefined], 'a header that is read from another name')
  })

  t.test('are everything that a dictionary has', async t => {
    const { accepts, refuses } = await queryReader(t, Type.Record(Type.String(), Type.Integer()))
    t.strictSame(await accepts('a=1&b=2'), { a: 1, b: 2 })
    t.strictSame((await refuses('a=1&b=x')).map(({ loc }) => loc), [['query', 'b']])
  })
})

t.test('parameter models: a schema with a title', async t => {
  const Filter = Type.Object({
    limit: Type.Integer({ default: 100, maximum: 100 }),
    order: Literal(['created_at', 'updated_at'], { default: 'created_at' }),
    tags: Type.Array(Type.String(), { default: [] }),
    q: Type.String()
  }, { title: 'FilterParams' })

  t.test('what is missing is missing in all that was sent, without defaults', async t => {
    const { accepts, refuses } = await queryReader(t, Filter)
    t.strictSame(await accepts('q=a'), { limit: 100, order: 'created_at', tags: [], q: 'a' })
    t.strictSame(await accepts('q=a&tags=x&tags=y&limit=+5'), { limit: 5, order: 'created_at', tags: ['x', 'y'], q: 'a' })
    t.strictSame(await refuses('limit=1&z=2'), [
      { type: 'missing', loc: ['query', 'q'], msg: 'Field required', input: { limit: '1', z: '2' } }
    ])
  })

  t.test('extras are refused', async t => {
    const { accepts, refuses } = await queryReader(t, Type.Object(Filter.properties, { title: 'FilterParams', additionalProperties: false }))
    t.strictSame(await accepts('q=a'), { limit: 100, order: 'created_at', tags: [], q: 'a' })
    t.strictSame(await refuses('q=a&tool=plumbus&x=1&x=2'), [
      { type: 'extra_forbidden', loc: ['query', 'tool'], msg: 'Extra inputs are not permitted', input: 'plumbus' },
      { type: 'extra_forbidden', loc: ['query', 'x'], msg: 'Extra inputs are not permitted', input: ['1', '2'] }
    ])
  })

  t.test('defaults of domain types are those of the handler, whatever else is sent', async t => {
    const { accepts } = await queryReader(t, Type.Object({
      since: DateTime({ default: '2020-01-01T00:00:00Z' }), tags: SetOf(Type.String(), { default: [] }), n: Type.Integer()
    }, { title: 'Domain' }))
    for (const query of ['n=1', 'n=+1']) t.strictSame(await accepts(query), { since: new Date('2020-01-01'), tags: new Set(), n: 1 }, query)
  })

  t.test('null is nothing', async t => {
    const { accepts } = await queryReader(t, Type.Object({ q: Nullable(Type.Integer(), { default: null }), n: Type.Integer() }, { title: 'Nothing' }))
    t.strictSame(await accepts('n=+1'), { q: null, n: 1 })
  })

  t.test('headers are called in loc as they are sent; cookies and paths are models, too', async t => {
    const model = Type.Object({ save_data: Type.Boolean(), if_modified_since: Type.Optional(DateTime()) }, { title: 'Common' })
    const headers = await reader(t, { headers: model })
    t.equal((await headers.accepts({ url: '/', headers: { 'save-data': 'yes' } })).headers.save_data, true)
    t.strictSame(await headers.refuses({ url: '/', headers: { save_data: 'true' } }), [
      { type: 'missing', loc: ['header', 'save-data'], msg: 'Field required', input: { 'user-agent': 'lightMyRequest', host: 'localhost:80' } }
    ])
    t.match(await headers.refuses({ url: '/', headers: { 'save-data': 'x', 'if-modified-since': 'y' } }), [{ loc: ['header', 'save-data'] }, { loc: ['header', 'if-modified-since'] }])

    const cookies = await reader(t, { cookies: model })
    t.strictSame(await cookies.refuses({ url: '/', headers: { cookie: 'a=b' } }), [{ type: 'missing', loc: ['cookie', 'save_data'], msg: 'Field required', input: { a: 'b' } }])
    const path = await reader(t, { params: Type.Object({ a: Type.Integer(), b: Type.Integer() }, { title: 'Path' }) }, { url: '/:a' })
    t.strictSame(await path.refuses('/1'), [{ type: 'missing', loc: ['path', 'b'], msg: 'Field required', input: { a: '1' } }])
  })

  t.test('a check of the whole model is told of its source', async t => {
    const schema = Refine(Type.Object({ min: Type.Integer(), max: Type.Integer() }), ({ min, max }) => {
      if (min > max) throw new Error('min is over max')
    })
    const { accepts, refuses } = await queryReader(t, schema)
    t.strictSame(await accepts('min=1&max=2'), { min: 1, max: 2 })
    t.strictSame(await refuses('min=2&max=1'), [
      { type: 'value_error', loc: ['query'], msg: 'Value error, min is over max', input: { min: '2', max: '1' }, ctx: { error: {} } }
    ])
  })
})

t.test('headers', async t => {
  t.test('an underscore is a hyphen on the wire, unless convertUnderscores or an alias says otherwise', async t => {
    const { accepts, refuses } = await reader(t, {
      headers: Type.Object({ X_Token: Type.String(), strange_header: Type.Optional(Type.String({ convertUnderscores: false })), etag: Type.Optional(Type.String({ alias: 'If_Match' })) })
    })
    const { headers } = await accepts({ url: '/', headers: { 'x-token': 'a', strange_header: 'b', If_Match: 'c' } })
    t.match(headers, { X_Token: 'a', strange_header: 'b', etag: 'c' })
    t.strictSame(await refuses({ url: '/', headers: { x_token: 'a' } }), [{ type: 'missing', loc: ['header', 'x-token'], msg: 'Field required', input: null }])
  })

  t.test('names that keep their underscores are as declared in loc', async t => {
    const { refuses } = await reader(t, {
      headers: Type.Object({ Strange_Header: Type.String({ convertUnderscores: false }), etag: Type.String({ alias: 'If-Match' }) })
    })
    t.strictSame((await refuses('/')).map(({ loc }) => loc), [['header', 'Strange_Header'], ['header', 'If-Match']])
  })

  t.test('of repeated ones the first counts, and a list takes all, unsplit', async t => {
    const { app } = await reader(t, {
      headers: Type.Object({
        'x-one': Type.String(), 'x-many': Type.Array(Type.String()), 'x-none': Type.Optional(Type.Array(Type.String())), 'set-cookie': Type.Optional(Type.String())
      })
    })
    let seen: any
    app.addHook('onSend', async ({ headers }) => { seen = headers })
    await app.listen({ host: '127.0.0.1', port: 0 })
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-One: 1, 2\r\nx-one: 3\r\nX-Many: a, b\r\nX-MANY: c\r\nSet-Cookie: x\r\nset-cookie: y\r\n\r\n')
    socket.resume()
    await once(socket, 'close')
    t.strictSame([seen['x-one'], seen['x-many'], seen['set-cookie']], ['1, 2', ['a, b', 'c'], 'x'])
    t.notOk('x-none' in seen)
  })

  t.test('a hook may set what the client did not send', async t => {
    const { app, accepts } = await reader(t, { headers: Type.Object({ 'x-one': Type.String(), 'x-many': Type.Array(Type.String()), 'x-list': Type.Array(Type.String()) }) })
    app.addHook('onRequest', async ({ raw: { headers } }) => { Object.assign(headers, { 'x-one': 'a, b', 'x-many': 'c, d', 'x-list': ['e', 'f'] }) })
    t.match((await accepts('/')).headers, { 'x-one': 'a, b', 'x-many': ['c, d'], 'x-list': ['e', 'f'] })
  })

  t.test('one that is called like a property of Object.prototype is missing unless it was sent', async t => {
    const { accepts, refuses } = await reader(t, { headers: Type.Object({ constructor: Type.Unknown(), valueOf: Type.Optional(Type.Unknown()) }) })
    t.match(await refuses('/'), [{ type: 'missing', loc: ['header', 'constructor'] }])
    t.match((await accepts({ url: '/', headers: { constructor: 'a' } })).headers, { constructor: 'a' })
  })

  t.test('all that the client sent are extras', async t => {
    const forbid = await reader(t, { headers: Type.Object({ 'x-a': Type.String() }, { additionalProperties: false }) })
    t.strictSame((await forbid.refuses({ url: '/', headers: { 'x-a': '1', 'x-b': '2' } })).map(({ type, loc, input }) => [type, loc, input]), [
      ['extra_forbidden', ['header', 'x-b'], '2'], ['extra_forbidden', ['header', 'user-agent'], 'lightMyRequest'], ['extra_forbidden', ['header', 'host'], 'localhost:80']
    ])
    const names = { 'x-a': Type.String(), 'user-agent': Type.String(), host: Type.String() }
    const exact = await reader(t, { headers: Type.Object(names, { additionalProperties: false }) })
    t.match((await exact.accepts({ url: '/', headers: { 'x-a': '1' } })).headers, { 'x-a': '1' })
    const keep = await reader(t, { headers: Type.Object({}, { title: 'All', additionalProperties: Type.Union([Type.Array(Type.String()), Type.String()]) }) })
    t.match((await keep.accepts({ url: '/', headers: { 'x-a': ['1', '2'] } })).headers, { 'x-a': /1/ })
  })
})

t.test('cookies', async t => {
  t.test('they are read as Python reads them', async t => {
    const { accepts } = await reader(t, { cookies: Type.Object({}, { additionalProperties: true }) })
    const cases: Array<[string, object]> = [
      ['a=1; b=2', { a: '1', b: '2' }],
      ['a=1;b=2;;', { a: '1', b: '2' }],
      ['a=1; a=2', { a: '2' }],
      [' a = 1 ', { a: '1' }],
      ['a="1 2"', { a: '1 2' }],
      ['a="', { a: '"' }],
      ['a="b', { a: '"b' }],
      ['a="say \\"hi\\" \\054 \\\\"', { a: 'say "hi" , \\' }],
      ['a=b=c', { a: 'b=c' }],
      ['alone', { '': 'alone' }],
      ['=x', { '': 'x' }],
      ['a=%20', { a: '%20' }],
      ['\ta\t=\t1\t', { a: '1' }],
      // Python cuts these blanks off as well; a browser takes such a name for another, and keeps no promise of `__Host-` for it.
      ['__Host-a=mine; \u00a0__Host-a=evil; __Host-a\u0085=evil', { '__Host-a': 'mine', '\u00a0__Host-a': 'evil', '__Host-a\u0085': 'evil' }]
    ]
    for (const [cookie, value] of cases) t.strictSame((await accepts({ url: '/', headers: { cookie } })).cookieParams, value, cookie)
  })

  t.test('without the header there are none', async t => {
    const { accepts } = await reader(t, { cookies: Type.Object({ ads_id: Type.Optional(Type.String()), constructor: Type.Optional(Type.String()) }) })
    t.strictSame((await accepts('/')).cookieParams, {})
    t.strictSame((await accepts({ url: '/', headers: { cookie: 'constructor=1' } })).cookieParams, { constructor: '1' })
    const needed = await reader(t, { cookies: Type.Object({ session: Type.String() }) })
    t.strictSame(await needed.refuses('/'), [{ type: 'missing', loc: ['cookie', 'session'], msg: 'Field required', input: null }])
  })

  t.test('one is never a list', async t => {
    const { refuses } = await reader(t, { cookies: Type.Object({ a: Type.Array(Type.String()) }) })
    t.strictSame(await refuses({ url: '/', headers: { cookie: 'a=1; a=2' } }), [{ type: 'list_type', loc: ['cookie', 'a'], msg: 'Input should be a valid list', input: '2' }])
  })

  t.test('extras are refused', async t => {
    const { refuses } = await reader(t, { cookies: Type.Object({ session: Type.Optional(Type.String()) }, { title: 'Cookies', additionalProperties: false }) })
    t.strictSame(await refuses({ url: '/', headers: { cookie: 'tracker=x' } }), [
      { type: 'extra_forbidden', loc: ['cookie', 'tracker'], msg: 'Extra inputs are not permitted', input: 'x' }
    ])
  })

  t.test('a route without them has no cookieParams', async t => {
    const { accepts } = await reader(t, { querystring: Type.Object({}) })
    t.equal((await accepts({ url: '/', headers: { cookie: 'a=1' } })).cookieParams, undefined)
  })
})

t.test('a string means the same from every source', async t => {
  const schema = Type.Object({
    int: Type.Optional(Type.Integer()),
    float: Type.Optional(Type.Number()),
    bool: Type.Optional(Type.Boolean()),
    enum: Type.Optional(Enum([1, 2])),
    literal: Type.Optional(Literal([1])),
    json: Type.Optional(Json(Type.Array(Type.Integer()))),
    bytes: Type.Optional(Bytes())
  })
  const { accepts, refuses } = await reader(t, { querystring: schema, headers: schema, cookies: schema, body: schema })
  const send = (name: string, text: string) => ({
    method: 'POST' as const, url: `/?${name}=${encodeURIComponent(text)}`, headers: { [name]: text, cookie: `${name}=${text}` }, payload: { [name]: text }
  })
  const cases: Array<[string, string, unknown]> = [
    ['int', '1', 1], ['int', '+1_0.00', 10], ['int', '-007', -7], ['float', '.5', 0.5], ['float', '1_0e2', 1000], ['float', '-1.5', -1.5],
    ['bool', 'true', true], ['bool', 'ON', true], ['bool', 'f', false], ['enum', '2', 2], ['json', '[1,"2"]', [1, 2]], ['bytes', 'ab', Buffer.from('ab')]
  ]
  for (const [name, text, value] of cases) {
    const { query, headers, cookieParams, body } = await accepts(send(name, text))
    t.strictSame([query, headers[name], cookieParams, body], [{ [name]: value }, value, { [name]: value }, { [name]: value }], `${name} ${text}`)
  }
  const wrong: Array<[string, string, string]> = [['int', '1.5', 'int_parsing'], ['float', 'x', 'float_parsing'], ['bool', 'maybe', 'bool_parsing'], ['enum', '3', 'enum'], ['literal', '1', 'literal_error'], ['json', '[', 'json_invalid']]
  for (const [name, text, type] of wrong) {
    t.strictSame((await refuses(send(name, text))).map(issue => [issue.type, issue.loc, issue.input]),
      ['query', 'header', 'cookie', 'body'].map(source => [type, [source, name], text]), `${name} ${text}`)
  }
})

t.test('a parameter of the path is never empty: there is no such path', async t => {
  const { app, accepts } = await reader(t, { params: Type.Object({ id: Type.String() }) }, { url: '/items/:id' })
  app.get('/files/*', async ({ params }) => params)
  app.get('/pages/:page?', async ({ params }) => params)
  t.strictSame((await app.inject('/items/')).statusCode, 404)
  t.strictSame((await accepts('/items/x')).params, { id: 'x' })
  t.strictSame((await app.inject('/files/')).json(), { '*': '' })
  t.strictSame((await app.inject('/pages')).statusCode, 200)
  t.strictSame((await app.inject('/pages/')).statusCode, 404)
})

t.test('keys that poison prototypes are no more in JSON in a text than in a body', async t => {
  const value = Type.Object({ v: Json() })
  const texts = ['{"__proto__":{"admin":true}}', '[[{"\\u005f_proto__":1}]]', '{"a":{"constructor":{"prototype":{"admin":true}}}}', '[NaN,{"__proto__":1}]']
  const harmless = ['{"constructor":1}', '{"constructor":null}', '{"constructor":{}}', '"__proto__"', '[1,null,"\\u0041"]']
  const ways: ReadonlyArray<readonly [name: string, schema: object, request: (text: string) => object]> = [
    ['query', { querystring: value }, text => ({ url: `/?v=${encodeURIComponent(text)}` })],
    ['header', { headers: value }, text => ({ url: '/', headers: { v: text } })],
    ['body', { body: value }, text => json(JSON.stringify({ v: text }))],
    ['form', { body: Form({ v: Json() }) }, text => ({ ...json(`v=${encodeURIComponent(text)}`), headers: { 'content-type': 'application/x-www-form-urlencoded' } })],
    ['field of a form', { body: Form({ v: Type.Array(Type.Record(Type.String(), Type.Any())) }) }, text => ({ ...json(`v=${encodeURIComponent(`{"x":${text}}`)}`), headers: { 'content-type': 'application/x-www-form-urlencoded' } })]
  ]
  for (const [name, schema, request] of ways) {
    const refuse = await reader(t, schema)
    const remove = await reader(t, schema, { server: { onProtoPoisoning: 'remove', onConstructorPoisoning: 'remove' } })
    const ignore = await reader(t, schema, { server: { onProtoPoisoning: 'ignore', onConstructorPoisoning: 'ignore' } })
    for (const text of texts) {
      const { statusCode, payload } = await refuse.app.inject(request(text))
      t.match([statusCode, JSON.parse(payload)], [400, { code: 'APIKIT_ERR_BODY' }], `${name}: ${text}`)
      const { query, headers, body } = await remove.accepts(request(text))
      t.notMatch(JSON.stringify([query.v, headers.v, body?.v]), /proto/, `${name}: ${text}`)
      await ignore.accepts(request(text))
    }
    for (const text of harmless) t.ok(await refuse.accepts(request(text)), `${name}: ${text}`)
  }
  const { accepts } = await reader(t, { body: value })
  const deep = `${'['.repeat(150)}{"a":"__proto__"}${']'.repeat(150)}`
  t.ok(await accepts(json(JSON.stringify({ v: deep }))))
  const wide = JSON.stringify(['__proto__', ...Array.from({ length: 200_000 }, () => [])])
  t.equal((await accepts(json(JSON.stringify({ v: wide })))).body.v.length, 200_001)
})

t.test('headers are read in proportion to their number', async t => {
  const reads = async (headers: object, count: number): Promise<number> => {
    const { app } = await reader(t, { headers })
    let reads = 0
    app.addHook('preValidation', async ({ raw }) => {
      const sent = Array.from({ length: count }, (_, i) => [`X-${i % 40}`, '1']).flat()
      Object.defineProperty(raw, 'rawHeaders', { value: new Proxy(sent, { get: (target, key) => { reads++; return Reflect.get(target, key) } }) })
    })
    await app.inject('/')
    return reads
  }
  for (const headers of [
    Type.Object({ a: Type.Optional(Type.String()) }, { additionalProperties: false }),
    Type.Object({ a: Type.Optional(Type.String()) }, { additionalProperties: true }),
    Type.Object({ a: Type.String() }, { title: 'Model', additionalProperties: true }),
    Type.Record(Type.String(), Type.String())
  ]) {
    const [few, many] = [await reads(headers, 100), await reads(headers, 400)]
    t.ok(many <= 4.5 * few, `${few} reads of 100 headers, ${many} of 400`)
  }
})
