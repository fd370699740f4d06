import { connect, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { Bytes, DictOf, Embed, Form, Json, Nullable, Refine } from '../../../plugins/types/index.ts'
import { bare } from '../../helper.ts'
import validation, { type Issue } from '../../../plugins/validation/index.ts'
import { bodyReader, json, reader } from './reader.ts'

const Item = Type.Object({ name: Type.String(), price: Type.Number(), tax: Type.Optional(Nullable(Type.Number())) }, { title: 'Item' })

const missing = (...loc: Issue['loc']) => ({ type: 'missing', loc, msg: 'Field required', input: null })

t.test('JSON that is none is told as Python tells it, with its position in characters', async t => {
  const { refuses } = await reader(t, { body: Type.Unknown() })
  const NAME = 'Expecting property name enclosed in double quotes'
  const cases: Array<[string, number, string]> = [
    ['{', 1, NAME], ['{a:1}', 1, NAME], ["{'a':1}", 1, NAME], ['{"a":1,', 7, NAME], ['{"a":1,}', 7, NAME], ['{"a":1,,', 7, NAME], ['{ , }', 2, NAME],
    ['{"a"}', 4, "Expecting ':' delimiter"], ['{"a" 1}', 5, "Expecting ':' delimiter"],
    ['{"a":1', 6, "Expecting ',' delimiter"], ['{"a":1 "b"', 7, "Expecting ',' delimiter"], ['[1 2]', 3, "Expecting ',' delimiter"], ['[1', 2, "Expecting ',' delimiter"],
    ['{"a":', 5, 'Expecting value'], ['[', 1, 'Expecting value'], ['nul', 0, 'Expecting value'], ['.5', 0, 'Expecting value'], ['-', 0, 'Expecting value'], ['+1', 0, 'Expecting value'],
    ['   ', 3, 'Expecting value'], ['// c', 0, 'Expecting value'], ['[1,]', 3, 'Expecting value'], ['[1,,2]', 3, 'Expecting value'], ['{"a":}', 5, 'Expecting value'], ['[ x', 2, 'Expecting value'],
    ['1 2', 2, 'Extra data'], ['01', 1, 'Extra data'], ['1.', 1, 'Extra data'], ['1e', 1, 'Extra data'], ['{"a":1}}', 7, 'Extra data'], ['null x', 5, 'Extra data'], ['[]\u00a0', 2, 'Extra data'],
    ['"abc', 0, 'Unterminated string starting at'], ['[1, "abc]', 4, 'Unterminated string starting at'], ['"abc\\', 0, 'Unterminated string starting at'], ['{"a', 1, 'Unterminated string starting at'],
    ['"a\nb"', 2, 'Invalid control character at'], ['"a\u0000"', 2, 'Invalid control character at'],
    ['"\\x"', 1, 'Invalid \\escape'], ['"a\\é"', 2, 'Invalid \\escape'],
    ['"\\u12"', 2, 'Invalid \\uXXXX escape'], ['"\\uzzzz"', 2, 'Invalid \\uXXXX escape'],
    ['"😀" x', 4, 'Extra data'], ['["é😀", \'b\']', 7, 'Expecting value'],
    ['{"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9": [true, false, null, NaN, Infinity, -Infinity, -1.5e3, {}, [], "\\ud83d\\ude00"] !', 105, "Expecting ',' delimiter"]
  ]
  for (const [text, at, error] of cases) {
    t.strictSame(await refuses(json(text)), [{ type: 'json_invalid', loc: ['body', at], msg: 'JSON decode error', input: {}, ctx: { error } }], text)
  }
})

t.test('a broken body is answered alone, and before any other part is looked at', async t => {
  const { refuses } = await reader(t, { querystring: Type.Object({ n: Type.Integer() }), body: Item })
  t.strictSame((await refuses(json('{'))).map(({ type }) => type), ['json_invalid'])
})

t.test('JSON that only Python knows is read as Python reads it', async t => {
  const { accepts } = await reader(t, { body: Type.Unknown() }, { server: { onProtoPoisoning: 'ignore' } })
  const given = await accepts(json('{"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9": [true, false, null, NaN, Infinity, -Infinity, -1.5e3, {}, [], "\\ud83d\\ude00"], "__proto__" : {"a": 1 } , "":[ 1 , 2 ] }'))
  t.strictSame(Object.entries(given.body), [
    ['"\\/\b\f\n\r\té', [true, false, null, NaN, Infinity, -Infinity, -1500, {}, [], '😀']], ['__proto__', { a: 1 }], ['', [1, 2]]
  ])
  t.equal(Object.getPrototypeOf(given.body), Object.prototype)
  t.ok(Number.isNaN((await accepts(json('NaN'))).body))

  const number = await reader(t, { body: Type.Object({ n: Type.Number({ maximum: 5 }), i: Type.Integer() }) })
  t.strictSame(await number.refuses(json('{"n": NaN, "i": Infinity}')), [
    { type: 'less_than_equal', loc: ['body', 'n'], msg: 'Input should be less than or equal to 5', input: null, ctx: { le: 5 } },
    { type: 'finite_number', loc: ['body', 'i'], msg: 'Input should be a finite number', input: null }
  ])
})

t.test('UTF-8, UTF-16 and UTF-32 are told apart, with a byte order mark and without', async t => {
  const { app, accepts } = await reader(t, { body: Type.Unknown() })
  const text = '{"a":"é😀"}'
  const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()
  const utf32 = (text: string, bigEndian: boolean) => Buffer.concat([...text].map(char => {
    const bytes = Buffer.alloc(4)
    if (bigEndian) bytes.writeUInt32BE(char.codePointAt(0)!)
    else bytes.writeUInt32LE(char.codePointAt(0)!)
    return bytes
  }))
  const encoded = {
    'UTF-8': Buffer.from(text),
    'UTF-8, BOM': Buffer.from('\ufeff' + text),
    'UTF-16LE': Buffer.from(text, 'utf16le'),
    'UTF-16LE, BOM': Buffer.from('\ufeff' + text, 'utf16le'),
    'UTF-16BE': utf16be(text),
    'UTF-16BE, BOM': utf16be('\ufeff' + text),
    'UTF-32LE': utf32(text, false),
    'UTF-32LE, BOM': utf32('\ufeff' + text, false),
    'UTF-32BE': utf32(text, true),
    'UTF-32BE, BOM': utf32('\ufeff' + text, true)
  }
  for (const [name, bytes] of Object.entries(encoded)) t.strictSame((await accepts(json(bytes))).body, { a: 'é😀' }, name)
  t.strictSame((await accepts(json('"\ufffd"'))).body, '\ufffd', 'what stands for bytes that are not UTF-8 may be sent')
  t.strictSame((await accepts(json(Buffer.from('5', 'utf16le')))).body, 5)
  t.strictSame((await accepts(json(utf16be('5')))).body, 5)

  const undecodable = {
    'bad UTF-8': Buffer.from([0x22, 0xff, 0x22]),
    'half a UTF-16 unit': Buffer.from([0x22, 0, 0x22]),
    'a lone surrogate in UTF-16': Buffer.from([0x22, 0, 0x00, 0xd8, 0x22, 0]),
    'three quarters of a UTF-32 unit': utf32('"a"', true).subarray(0, 11),
    'beyond Unicode': Buffer.from([0, 0, 0, 0x22, 0, 0x11, 0, 0, 0, 0, 0, 0x22]),
    'bad UTF-8 behind a BOM': Buffer.from([0xef, 0xbb, 0xbf, 0xff])
  }
  for (const [name, bytes] of Object.entries(undecodable)) {
    const { statusCode, body } = await app.inject(json(bytes))
    t.match([statusCode, JSON.parse(body)], [400, { code: 'APIKIT_ERR_BODY', message: 'There was an error parsing the body' }], name)
  }
})

t.test('nesting', async t => {
  t.test('is read down to 990 containers, and refused below', async t => {
    const { app, accepts } = await reader(t, { body: Type.Unknown() })
    const nested = (depth: number, open: string, close: string, inside = '') => open.repeat(depth) + inside + close.repeat(depth)
    for (const [open, close, inside] of [['[', ']', ''], ['{"a":', '}', '1']] as const) {
      t.ok(await accepts(json(nested(990, open, close, inside))))
      t.strictSame((await app.inject(json(nested(991, open, close, inside)))).statusCode, 400)
      t.strictSame((await app.inject(json(nested(100_000, open, close, inside)))).statusCode, 400)
    }
  })

  t.test('counts no brackets inside strings, nor those that are closed', async t => {
    const { accepts } = await reader(t, { body: Type.Unknown() })
    for (const value of ['['.repeat(5000), `\\"${'{'.repeat(5000)}`, Array(2000).fill([])]) t.strictSame((await accepts(json(JSON.stringify(value)))).body, value)
  })

  t.test('deep enough and broken is told as broken, also in an open string', async t => {
    const { refuses } = await reader(t, { body: Type.Unknown() })
    t.match(await refuses(json(`[${' '.repeat(3000)}"[[`)), [{ type: 'json_invalid', loc: ['body', 3001], ctx: { error: 'Unterminated string starting at' } }])
  })

  t.test('of a recursive schema goes as deep as JSON does', async t => {
    const { accepts, refuses } = await bodyReader(t, Type.Recursive(This => Type.Object({ next: Type.Optional(This), n: Type.Optional(Type.Integer()) })))
    let deep: object = { n: 1 }
    let wrong: object = { n: 'x' }
    for (let i = 0; i < 980; i++) [deep, wrong] = [{ next: deep }, { next: wrong }]
    t.strictSame(await accepts(deep), deep)
    const [issue] = await refuses(wrong)
    t.strictSame([issue?.loc[0], issue?.loc.at(-1), issue?.input], ['body', 'n', 'x'])
  })
})

t.test('keys that poison prototypes', async t => {
  const { app } = await reader(t, { body: Type.Unknown() })
  for (const text of ['{"__proto__":{"admin":true}}', '{"a":[{"\\u005f_proto__":1}]}', '{"constructor":{"prototype":{"admin":true}}}', '[NaN,{"__proto__":1}]', '{"a":NaN,"constructor":{"prototype":1}}']) {
    const { statusCode, body } = await app.inject(json(text))
    t.match([statusCode, JSON.parse(body)], [400, { code: 'APIKIT_ERR_BODY' }], text)
  }
  const { accepts } = await reader(t, { body: Type.Unknown() })
  t.strictSame((await accepts(json('{"a":"__proto__ \\u0041","constructor":1}'))).body, { a: '__proto__ A', constructor: 1 }, 'the words alone are harmless')

  t.test('go, or stay, as the server’s options say', async t => {
    const text = '{"a":1,"__proto__":{"b":2}}'
    const remove = await reader(t, { body: Type.Unknown() }, { server: { onProtoPoisoning: 'remove', onConstructorPoisoning: 'remove' } })
    t.strictSame(Object.entries((await remove.accepts(json(text))).body), [['a', 1]])
    t.strictSame((await remove.accepts(json('[NaN,{"a":1,"__proto__":{"b":2},"constructor":{"prototype":3}}]'))).body, [NaN, { a: 1 }])
    const ignore = await reader(t, { body: Type.Object({}, { additionalProperties: true }) }, { server: { onProtoPoisoning: 'ignore' } })
    const { body } = await ignore.accepts(json(text))
    t.strictSame(Object.entries(body), [['a', 1], ['__proto__', { b: 2 }]])
    t.equal(body.b, undefined)
  })
})

t.test('content types', async t => {
  const read = async (body: unknown, headers: Record<string, string>, payload: string | Buffer = '{"name":"a","price":1}', options = {}) => {
    const { app } = await reader(t, { body }, { options })
    return app.inject({ method: 'POST', url: '/', headers, payload: Buffer.from(payload) })
  }
  const NO_MODEL = {
    type: 'model_attributes_type', loc: ['body'], msg: 'Input should be a valid dictionary or object to extract fields from', input: '{"name":"a","price":1}'
  }

  t.test('JSON is what says that it is JSON', async t => {
    for (const type of ['application/json', 'APPLICATION/JSON', 'application/json; charset=utf-8', 'application/json;x', 'application/vnd.api+json', 'application/+json', 'application/problem+JSON; a=b', 'application/geo+json ;v=1']) {
      t.equal((await read(Item, { 'content-type': type })).statusCode, 200, type)
    }
    for (const type of ['text/plain', 'text/plain; charset=utf-8', 'application/x-www-form-urlencoded', 'application/octet-stream', 'application/jsonp', 'application/json-seq', 'text/json', 'text/x+json', 'image/svg+xml', 'application/x+jsonx']) {
      const response = await read(Item, { 'content-type': type })
      t.strictSame([response.statusCode, response.json()], [422, { detail: [NO_MODEL] }], type)
    }
  })

  t.test('without one a body is no JSON, unless strictContentType is false', async t => {
    const strict = await read(Item, {})
    t.strictSame([strict.statusCode, strict.json()], [422, { detail: [NO_MODEL] }])
    t.equal((await read(Item, {}, undefined, { strictContentType: false })).statusCode, 200)
    t.equal((await read(Item, {}, '{', { strictContentType: false })).json().detail[0].type, 'json_invalid')
    t.equal((await read(Item, { 'content-type': 'text/plain' }, undefined, { strictContentType: false })).statusCode, 422)
  })

  t.test('no bytes are no body, whatever their type', async t => {
    for (const type of ['text/plain', 'application/json', 'text/html']) {
      const { statusCode, json } = await read(Item, { 'content-type': type }, '')
      t.strictSame([statusCode, json()], [422, { detail: [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }] }], type)
    }
    t.strictSame((await read(Type.String(), { 'content-type': 'application/json' }, '""')).statusCode, 200, 'an empty text is one')
  })

  t.test('other bodies are read as text, or as bytes where bytes are asked for', async t => {
    const cases: Array<[unknown, string, string | Buffer, unknown]> = [
      [Type.Integer(), 'text/plain', '5', 5],
      [Type.Integer(), 'a/b', ' 5 ', 5],
      [Type.String(), 'a/b', 'é', 'é'],
      [Type.Unknown(), 'a/b', '{}', '{}'],
      [Json(Type.Array(Type.Integer())), 'a/b', '[1]', [1]],
      [Bytes(), 'application/octet-stream', Buffer.from([0, 255]), Buffer.from([0, 255])],
      [Nullable(Bytes()), 'application/octet-stream', Buffer.from([0, 255]), Buffer.from([0, 255])],
      [Bytes(), 'text/plain', 'é', Buffer.from('é')]
    ]
    for (const [schema, type, payload, value] of cases) {
      const { accepts } = await reader(t, { body: schema })
      t.strictSame((await accepts({ method: 'POST', url: '/', headers: { 'content-type': type }, payload })).body, value)
    }
    const wrong = await read(Type.Integer(), { 'content-type': 'a/b' }, 'x')
    t.match(wrong.json().detail, [{ type: 'int_parsing', loc: ['body'], input: 'x' }])
  })

  t.test('an unknown one with an empty body is no body', async t => {
    for (const type of ['text/x', 'application/json']) t.strictSame((await read(Item, { 'content-type': type }, '')).json().detail, [missing('body')], type)
  })
})

t.test('a body content by media type', async t => {
  const body = {
    content: {
      'Application/JSON': { schema: Item },
      'text/csv': { schema: Type.String({ pattern: '^name' }) },
      'image/*': { schema: Bytes() },
      'x/any': { schema: true }
    }
  }
  const { app, accepts, refuses } = await reader(t, { body })
  const send = (type: string | undefined, payload: string) => ({ method: 'POST' as const, url: '/', payload: Buffer.from(payload), headers: type === undefined ? {} : { 'content-type': type } })
  t.strictSame((await accepts(send('application/json; charset=utf-8', '{"name":"a","price":"1"}'))).body, { name: 'a', price: 1 })
  t.strictSame((await accepts(send('TEXT/CSV', 'name;price'))).body, 'name;price')
  t.strictSame((await accepts(send('image/png', 'x'))).body, Buffer.from('x'))
  t.strictSame((await accepts(send('x/any', 'x'))).body, 'x')
  t.strictSame(await refuses(send('application/json', '{}')), ['name', 'price'].map(name => ({ ...missing('body', name), input: {} })))
  t.match(await refuses(send('text/csv', 'x')), [{ type: 'string_pattern_mismatch', loc: ['body'] }])
  for (const type of ['text/plain', 'application/vnd.api+json', undefined]) {
    const response = await app.inject(send(type, '{}'))
    t.match([response.statusCode, response.json()], [415, { code: 'APIKIT_ERR_CONTENT_TYPE', message: 'Unsupported Media Type' }], String(type))
  }
  const any = await reader(t, { body: { content: { '*/*': { schema: Type.Integer() } } } })
  t.strictSame((await any.accepts(send('a/b', '5'))).body, 5)
  t.strictSame((await any.accepts(send(undefined, '6'))).body, 6)
  const property = await bodyReader(t, Type.Object({ content: Type.Integer() }))
  t.strictSame(await property.accepts({ content: 5 }), { content: 5 }, 'a property of that name is one')
})

t.test('what is missing, null or empty', async t => {
  const NO_BODY = { method: 'POST' as const, url: '/' }
  const dictionary = { type: 'model_attributes_type', loc: ['body'], msg: 'Input should be a valid dictionary or object to extract fields from' }

  t.test('one model', async t => {
    const { refuses } = await reader(t, { body: Item })
    for (const request of [NO_BODY, json('')]) t.strictSame(await refuses(request), [missing('body')])
    t.strictSame(await refuses(json('{}')), ['name', 'price'].map(name => ({ ...missing('body', name), input: {} })))
    for (const input of [null, [], 's', 5, true]) t.strictSame(await refuses(json(JSON.stringify(input))), [{ ...dictionary, input }])
  })

  t.test('one scalar', async t => {
    const { refuses } = await reader(t, { body: Type.Integer() })
    t.strictSame(await refuses(NO_BODY), [missing('body')])
    for (const input of [{}, null]) t.strictSame(await refuses(json(JSON.stringify(input))), [{ type: 'int_type', loc: ['body'], msg: 'Input should be a valid integer', input }])
    const nullable = await reader(t, { body: Nullable(Type.Integer()) })
    t.strictSame((await nullable.accepts(json('null'))).body, null)
    t.strictSame(await nullable.refuses(NO_BODY), [missing('body')])
  })

  t.test('one that is optional or has a default', async t => {
    for (const [schema, value] of [[Type.Optional(Type.Integer()), undefined], [Type.Integer({ default: 7 }), 7], [Nullable(Type.Integer(), { default: null }), null]] as const) {
      for (const body of [schema, Refine(schema, () => {})]) {
        const { accepts, refuses } = await reader(t, { body })
        t.strictSame((await accepts(NO_BODY)).body, value)
        if (value === null) t.strictSame((await accepts(json('null'))).body, null)
        else t.match(await refuses(json('null')), [{ type: 'int_type', loc: ['body'], input: null }], 'null is a value')
        t.strictSame((await accepts(json('5'))).body, 5)
        t.match(await refuses(json('"x"')), [{ type: 'int_parsing', loc: ['body'], input: 'x' }])
      }
    }
    // With another part that is wrong, every part is read the careful way.
    const careful = await reader(t, { querystring: Type.Object({ n: Type.Integer() }), body: Type.Integer({ default: 7 }) })
    t.strictSame((await careful.accepts({ ...NO_BODY, url: '/?n=+1' })).body, 7)
  })

  t.test('several parameters', async t => {
    const embedded = Embed({
      item: Item,
      importance: Nullable(Type.Integer()),
      count: Type.Integer({ default: 1 }),
      note: Type.Optional(Nullable(Type.String({ alias: 'remark' }), { alias: 'remark' }))
    })
    const none = [missing('body', 'item'), missing('body', 'importance')]
    for (const body of [embedded, Embed(Object.fromEntries(Object.entries(embedded.properties).map(([name, schema]) => [name, Refine(schema, () => {})])))]) {
      const { accepts, refuses } = await reader(t, { body })
      for (const request of [NO_BODY, json('{}'), json('{}', { 'content-type': 'text/plain' }), json('{}', { 'content-type': 'a/b' })]) t.strictSame(await refuses(request), none)
      const all = [...none, missing('body', 'count'), missing('body', 'remark')]
      for (const keyless of ['null', '[]', '"s"', '5', 'true']) t.strictSame(await refuses(json(keyless)), all, keyless)
      t.match(await refuses(json('{"item":null,"importance":null,"count":null}')), [{ type: 'model_attributes_type', loc: ['body', 'item'], input: null }, { type: 'int_type', loc: ['body', 'count'] }])
      const item = { name: 'a', price: 1 }
      t.strictSame((await accepts(json(JSON.stringify({ item, importance: null, remark: null, other: 1 })))).body, { item, importance: null, count: 1, note: null })
      t.strictSame((await accepts(json(JSON.stringify({ item, importance: '5', count: '2', remark: 'r' })))).body, { item, importance: 5, count: 2, note: 'r' })
      t.strictSame(await refuses(json('{"item":{"name":"a"},"importance":"x"}')), [
        { type: 'missing', loc: ['body', 'item', 'price'], msg: 'Field required', input: { name: 'a' } },
        { type: 'int_parsing', loc: ['body', 'importance'], msg: 'Input should be a valid integer, unable to parse string as an integer', input: 'x' }
      ])
    }
  })

  t.test('several parameters may be called anything', async t => {
    const { accepts, refuses } = await reader(t, { body: Embed({ constructor: Type.Integer(), ['__proto__']: Type.Optional(Type.Integer()) }) }, { server: { onProtoPoisoning: 'ignore' } })
    t.strictSame(await refuses(json('{}')), [missing('body', 'constructor')])
    t.strictSame(Object.entries((await accepts(json('{"constructor":1,"__proto__":2}'))).body), [['constructor', 1], ['__proto__', 2]])
  })

  t.test('inside a model null is a value', async t => {
    const { accepts, refuses } = await bodyReader(t, Item)
    t.strictSame(await accepts({ name: 'a', price: 1, tax: null }), { name: 'a', price: 1, tax: null })
    t.strictSame(await refuses({ name: null, price: null }), [
      { type: 'string_type', loc: ['body', 'name'], msg: 'Input should be a valid string', input: null },
      { type: 'float_type', loc: ['body', 'price'], msg: 'Input should be a valid number', input: null }
    ])
  })
})

t.test('a route without a body schema gets what was sent', async t => {
  const { app } = await reader(t, {})
  app.post('/any', async ({ body }) => ({ body: body === undefined ? 'nothing' : Buffer.isBuffer(body) ? 'bytes' : body }))
  const send = async (type: string, payload: string) => (await app.inject({ method: 'POST', url: '/any', headers: { 'content-type': type }, payload })).json()
  t.strictSame(await send('application/json', '{"a":[1]}'), { body: { a: [1] } })
  t.strictSame(await send('application/json', ''), { body: 'nothing' })
  t.strictSame(await send('a/b', 'x'), { body: 'bytes' })
  t.strictSame(await send('application/json', '{'), { body: 'bytes' }, 'nobody has asked for JSON')
})

t.test('a body larger than bodyLimit is not read', async t => {
  const { app } = await reader(t, { body: Type.Unknown() }, { server: { bodyLimit: 10 } })
  for (const type of ['application/json', 'a/b']) {
    t.equal((await app.inject(json('[1,2,3,4,5,6]', { 'content-type': type }))).statusCode, 413)
  }
})

t.test('content type parsers of the app’s own stay', async t => {
  const app = bare(t)
  const add = (type: string) => app.addContentTypeParser(type, { parseAs: 'string' }, (_request, text, done) => { done(null, `${type}: ${String(text)}`) })
  add('application/json')
  add('text/mine')
  await app.register(validation)
  add('*') // Fastify tells nobody of a catch-all parser, so that one has to come later.
  app.post('/', { schema: { body: Type.String() } }, async ({ body }) => body)
  for (const [type, text] of [['application/json', 'application/json: x'], ['text/mine', 'text/mine: x'], ['a/b', '*: x']] as const) {
    t.equal((await app.inject(json('x', { 'content-type': type }))).body, text)
  }
})

t.test('a content type parser that cannot be added is a failure at boot', async t => {
  const app = bare(t)
  app.addContentTypeParser = () => { throw new Error('no more parsers') }
  await t.rejects(async () => { await app.register(validation) }, { message: 'no more parsers' })
})

t.test('a GET has no body, whatever it sends', async t => {
  const { app } = await reader(t, { querystring: Type.Object({ n: Type.Integer() }) })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write('GET /?n=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{')
  let answer = ''
  socket.on('data', chunk => { answer += String(chunk) })
  await once(socket, 'close')
  t.match(answer, /^HTTP\/1\.1 200 /)
})

t.test('a form is a body of fields', async t => {
  const form = (payload: string, type = 'application/x-www-form-urlencoded; charset=utf-8') =>
    ({ method: 'POST', url: '/', headers: { 'content-type': type }, payload }) as const

  t.test('of which the last of a name counts, a list takes all, and an empty one was not sent', async t => {
    const { accepts, refuses } = await reader(t, {
      body: Form({ n: Type.Integer(), tags: Type.Array(Type.String(), { default: [] }), note: Nullable(Type.String(), { default: null }) })
    })
    t.strictSame((await accepts(form('n=1&n=+2&tags=a%20b&tags=c&note='))).body, { n: 2, tags: ['a b', 'c'], note: null })
    t.strictSame(await refuses(form('n=&tags=x')), [missing('body', 'n')])
    t.match(await refuses(form('n=x')), [{ type: 'int_parsing', loc: ['body', 'n'], input: 'x' }])
  })

  t.test('whose fields are those of a model when it has a title', async t => {
    const { accepts, refuses } = await reader(t, { body: Form({ n: Type.Integer(), name: Type.String() }, { title: 'Login', additionalProperties: false }) })
    t.strictSame((await accepts(form('n=1&name=a'))).body, { n: 1, name: 'a' })
    t.strictSame(await refuses(form('n=1&name=')), [{ type: 'missing', loc: ['body', 'name'], msg: 'Field required', input: { n: '1' } }])
    t.strictSame(await refuses(form('n=1')), [{ type: 'missing', loc: ['body', 'name'], msg: 'Field required', input: { n: '1' } }])
    t.match(await refuses(form('n=x&name=a&x=1')), [{ type: 'int_parsing', loc: ['body', 'n'] }, { type: 'extra_forbidden', loc: ['body', 'x'], input: '1' }])
  })

  t.test('that is empty when anything else was sent', async t => {
    const { accepts, refuses, app } = await reader(t, { body: Form({ n: Type.Integer() }) })
    const others = [form('n=1', 'multipart/form-data; boundary=x'), form('n=1', 'text/plain'), form('{"n":1}', 'application/json'), { method: 'POST', url: '/' } as const]
    for (const other of others) t.strictSame(await refuses(other), [missing('body', 'n')])
    t.ok(app)
    t.strictSame((await accepts(form('n=1'))).body, { n: 1 })
  })

  t.test('that a parser of the app may have read', async t => {
    const app = bare(t)
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) => { done(null, Object.fromEntries(new URLSearchParams(String(text)))) })
    await app.register(validation)
    app.post('/', { schema: { body: Form({ n: Type.Integer() }) } }, async ({ body }) => body)
    t.strictSame((await app.inject(form('n=7'))).json(), { n: 7 })
  })

  t.test('beside JSON, by content type', async t => {
    const Fields = Type.Object({ n: Type.Integer() })
    const content = { 'application/json': { schema: Fields }, 'application/x-www-form-urlencoded': { schema: Fields } }
    const { accepts, refuses } = await reader(t, { body: { content } })
    t.strictSame((await accepts(form('n=1'))).body, { n: 1 })
    t.strictSame((await accepts(json('{"n":2}'))).body, { n: 2 })
    t.strictSame(await refuses(form('n=1', 'text/csv')), [missing('body', 'n')])
  })
})

t.test('the keys of an object are read in the order in which they were sent', async t => {
  const { accepts, refuses } = await reader(t, { body: DictOf(Type.Integer(), Type.Number()) })
  t.match(await refuses(json('{"a":1,"2":"x"}')), [{ loc: ['body', 'a', '[key]'] }, { loc: ['body', '2'] }])
  t.strictSame([...(await accepts(json('{"01":1,"1":2,"b":3}'.replace(',"b":3', '')))).body], [[1, 2]])
  t.strictSame([...(await accepts(json('{"1.0":1,"2":2,"01":3}'))).body], [[1, 3], [2, 2]])

  const { refuses: forbids } = await reader(t, { body: Type.Object({ a: Type.Integer() }, { additionalProperties: false }) })
  t.match(await forbids(json('{"b":1,"2":2,"a":1}')), [{ loc: ['body', 'b'] }, { loc: ['body', '2'] }])
  t.strictSame((await forbids(json(`{"b":"${'x'.repeat(70_000)}","2":2,"a":1}`))).map(({ loc }) => loc[1]), ['2', 'b'], 'but not in those of a long text')

  const Dates = DictOf(Type.String(), Type.Integer())
  const text = '{"b":1,"2":2,"1":3}'
  for (const [name, schema, of] of [
    ['in a field', Type.Object({ v: Dates }), (body: any) => body.v], ['in a tuple', Type.Object({ v: Type.Tuple([Dates]) }), (body: any) => body.v[0]],
    ['in a union', Type.Object({ v: Type.Union([Type.Object({ x: Type.Integer() }), Dates]) }), (body: any) => body.v],
    ['in a list that may be null', Type.Object({ v: Nullable(Type.Array(Dates)) }), (body: any) => body.v[0]],
    ['in an extra', Type.Object({}, { additionalProperties: Dates }), (body: any) => body.v],
    ['in a tagged union', Type.Object({ v: Type.Union([Type.Object({ k: Type.Literal('a'), w: Dates })], { discriminator: { propertyName: 'k' } }) }), (body: any) => body.v.w],
    ['in a refined parameter', Embed({ v: Refine(Dates, () => {}) }), (body: any) => body.v]
  ] as const) {
    const { accepts } = await reader(t, { body: schema })
    const sent = name.includes('list') || name.includes('tuple') ? `[${text}]` : name.includes('tagged') ? `{"k":"a","w":${text}}` : text
    t.strictSame([...of((await accepts(json(`{"v":${sent}}`))).body).keys()], ['b', '2', '1'], name)
  }
})

t.test('a hook may change a body whose keys JavaScript has put out of their order', async t => {
  const { app, accepts } = await reader(t, { body: DictOf(Type.String(), Type.Integer()) })
  app.addHook('preValidation', async ({ body }) => { Object.assign(body as object, { added: 4 }) })
  t.strictSame([...(await accepts(json('{"b":1,"2":2,"1":3}'))).body], [['b', 1], ['2', 2], ['1', 3], ['added', 4]])

  const other = await reader(t, { body: DictOf(Type.String(), Type.Integer()) })
  other.app.addHook('preValidation', async request => { request.body = Object.freeze({ 2: 1, a: 2 }) })
  t.strictSame([...(await other.accepts(json('{"b":1,"2":2,"1":3}'))).body], [['2', 1], ['a', 2]])
})
