import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, LightMyRequestResponse, RequestPayload } from 'fastify'
import t, { type Test } from 'tap'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import docs from '../../plugins/docs/index.ts'
import errors from '../../plugins/errors/index.ts'
import forms, { type FormsOptions, type UploadFile } from '../../plugins/forms/index.ts'
import validation from '../../plugins/validation/index.ts'
import { Bytes, Embed, File, Form, Json, Nullable } from '../../plugins/types/index.ts'
import { bare } from '../helper.ts'
import { allClosed, openFiles, openUploads } from './open-uploads.ts'

async function withForms (t: Test, options: FormsOptions = {}) {
  const app = bare(t).withTypeProvider<TypeBoxTypeProvider>()
  for (const plugin of [errors, validation, docs, dependencies]) await app.register(plugin)
  await app.register(forms, options)
  return app
}

/** `name`, or the whole of what stands after `form-data;`, and the content. */
type Part = readonly [head: string, content: string]

function multipartOf (parts: readonly Part[], end = '--B--\r\n') {
  const text = parts.map(([head, content]) => `--B\r\nContent-Disposition: form-data; ${head.includes('=') ? head : `name="${head}"`}\r\n\r\n${content}\r\n`)
  return { headers: { 'content-type': 'multipart/form-data; boundary=B' }, payload: Buffer.from(text.join('') + end) }
}

const file = (name: string, filename: string, type?: string): string =>
  `name="${name}"; filename="${filename}"${type === undefined ? '' : `\r\nContent-Type: ${type}`}`

const urlencoded = (payload: string) => ({ headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload })

const post = (app: { inject: FastifyInstance['inject'] }, url: string, body: { headers: Record<string, string>, payload: string | Buffer }) => app.inject({ method: 'POST', url, ...body })

const said = ({ statusCode, json }: LightMyRequestResponse): unknown[] => [statusCode, json().detail]

t.test('a form is read in both encodings, with the same meaning', async t => {
  const app = await withForms(t)
  const fields = { n: Type.Integer({ default: 7 }), note: Type.String(), tags: Type.Array(Type.String(), { default: [] }) }
  app.post('/', { schema: { body: Form(fields) } }, async ({ body }) => body)
  app.post('/model', { schema: { body: Form(fields, { title: 'Note', additionalProperties: false }) } }, async ({ body }) => body)

  const missing = (...names: string[]) => names.map(name => ({ type: 'missing', loc: ['body', name], msg: 'Field required', input: null }))
  const cases = [
    ['/', [['n', '1'], ['n', '2'], ['note', 'é'], ['tags', 'a'], ['tags', '']], { n: 2, note: 'é', tags: ['a', ''] }],
    ['/', [['n', ''], ['note', ' ']], { n: 7, note: ' ', tags: [] }],
    ['/', [['note', '']], missing('note')],
    ['/', [], missing('note')],
    ['/model', [['note', ''], ['n', '']], [{ type: 'missing', loc: ['body', 'note'], msg: 'Field required', input: {} }]],
    ['/model', [['note', 'a'], ['n', ''], ['tags', '']], { n: 7, note: 'a', tags: [''] }],
    ['/model', [['note', 'a'], ['x', '1']], [{ type: 'extra_forbidden', loc: ['body', 'x'], msg: 'Extra inputs are not permitted', input: '1' }]]
  ] as const
  for (const [url, parts, expected] of cases) {
    const query = new URLSearchParams(parts.map(([name, value]): [string, string] => [name, value])).toString()
    for (const body of [urlencoded(query), multipartOf(parts)]) {
      const answer = await post(app, url, body)
      t.same(answer.json().detail ?? answer.json(), expected, `${url} ${query} ${body.headers['content-type']}`)
    }
  }
})

t.test('what is no form has no fields', async t => {
  const app = await withForms(t)
  app.post('/', { schema: { body: Form({ a: Type.String({ default: 'none' }) }) } }, async ({ body }) => body)
  for (const headers of [{ 'content-type': 'application/json' }, { 'content-type': 'text/plain' }, {}]) {
    t.same((await app.inject({ method: 'POST', url: '/', headers, payload: '{"a":"b"}' })).json(), { a: 'none' })
  }
  t.same((await post(app, '/', multipartOf([], ''))).json(), { a: 'none' }, 'an empty body')
})

t.test('a multipart body that cannot be read is a 400, and not an empty form', async t => {
  const app = await withForms(t)
  app.post('/', { schema: { body: Form({ a: Nullable(Type.String(), { default: null }), f: Nullable(File(), { default: null }) }) } }, async ({ body: { a } }) => [a])
  const parse = 'Invalid multipart data.'
  const unnamed = 'The Content-Disposition header field "name" must be provided.'
  const whole = multipartOf([['a', 'b']]).payload.toString()
  const part = (head: string): string => `--B\r\n${head}\r\n\r\nx\r\n--B--\r\n`
  const named = 'Content-Disposition: form-data; name="a"'

  const bodies = [
    ['line feeds only', whole.replaceAll('\r\n', '\n'), parse],
    ['text before the first delimiter', `text\r\n${whole}`, parse],
    ['line ends alone', '\r\n\r\n', parse],
    ['another delimiter', '--C\r\n\r\n--C--\r\n', parse],
    ['text behind a delimiter', `--Bx\r\n${named}\r\n\r\nx\r\n--B--\r\n`, parse],
    ['a header without a colon', part('foo'), parse],
    ['a header without a colon, before one with', part(`foo\r\n${named}`), parse],
    ['a line break in a name', part('Content-Disposition: form-data; name="a\n"'), parse],
    ['headers that the next delimiter cuts off', `--B\r\n${named}\r\n--B--\r\n`, parse],
    ['the same before another part', `--B\r\n${named}\r\n${whole}`, parse],
    ['a value with a line that begins with the delimiter', multipartOf([['a', 'x\r\n--Bx\r\ny']]).payload, parse],
    ['33 headers', part(`${named}${'\r\nX: 1'.repeat(32)}`), parse],
    ['a header of 20 kB', part(`${named}\r\nX: ${'x'.repeat(20_000)}`), parse],
    ['a header of 200 kB', part(`${named}\r\nX: ${'x'.repeat(200_000)}`), parse],
    ['no Content-Disposition', part('X: 1'), unnamed],
    ['no name', part('Content-Disposition: form-data'), unnamed],
    ['a file without a name', part('Content-Disposition: form-data; filename="a"'), unnamed],
    ['no last delimiter', multipartOf([['a', 'b']], '').payload, parse],
    ['a last delimiter without its dashes', multipartOf([['a', 'b']], '--B').payload, parse],
    ['the same with one', multipartOf([['a', 'b']], '--B-').payload, parse],
    ['a field that is cut off', `--B\r\n${named}\r\n\r\ncut`, parse],
    ['a file that is cut off', `--B\r\n${named}; filename="a"\r\n\r\ncut`, parse],
    ['headers that are cut off', `--B\r\n${named}`, parse],
    ['nothing but a delimiter', '--B\r\n', parse]
  ] as const
  for (const [name, payload, detail] of bodies) {
    t.same(said(await post(app, '/', { headers: { 'content-type': 'multipart/form-data; boundary=B' }, payload })), [400, detail], name)
  }
  const types = [['', 'Missing boundary in multipart.'], ['; boundary*=B', 'Missing boundary in multipart.'], ['; boundary=', parse], ['; boundary=""', parse], ['; boundary=C', parse], [`; boundary=${'B'.repeat(300)}`, parse]] as const
  for (const [parameters, detail] of types) {
    t.same(said(await post(app, '/', { headers: { 'content-type': `multipart/form-data${parameters}` }, payload: whole })), [400, detail], parameters)
  }
})

t.test('what differs in spelling only is read all the same', async t => {
  const app = await withForms(t)
  app.post('/', { schema: { body: Form({ a: Nullable(Type.String(), { default: null }) }) } }, async ({ body: { a } }) => [a])
  const part = (head: string, content: string | Buffer = 'x') => Buffer.concat([Buffer.from(`--B\r\n${head}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n--B--\r\n')])
  const named = 'Content-Disposition: form-data; name="a"'
  const bodies: ReadonlyArray<readonly [string, string | Buffer, string | null]> = [
    ['line ends before the form', `\r\n\n${String(part(named))}`, 'x'],
    ['text behind the form', `${String(part(named))}text`, 'x'],
    ['no line end behind the form', part(named).subarray(0, -2), 'x'],
    ['an empty form', '--B--\r\n', null],
    ['another case, and no quotes', part('CONTENT-DISPOSITION:Form-Data; NAME = a'), 'x'],
    ['another disposition', part('Content-Disposition: attachment; name="a"'), 'x'],
    ['32 headers', part(`${named}${'\r\nX: 1'.repeat(31)}`), 'x'],
    ['the last of two names', part('Content-Disposition: form-data; name="b"; name="a"'), 'x'],
    ['a parameter without a value', part('Content-Disposition: form-data; x; name="a"'), 'x'],
    ['an extended file name, which RFC 7578 forbids', part(`${named}; filename*=UTF-8''a`), 'x'],
    ['bytes that are not UTF-8', part(named, Buffer.from([0xe9])), 'é']
  ]
  for (const [name, payload, expected] of bodies) {
    t.same((await post(app, '/', { headers: { 'content-type': 'multipart/form-data; boundary=B' }, payload })).json(), [expected], name)
  }
  for (const parameters of ['; boundary="B"', '; x="; boundary=C"; BOUNDARY = B ;', '; boundary=C; boundary=B']) {
    t.same((await post(app, '/', { headers: { 'content-type': `multipart/form-data${parameters}` }, payload: part(named) })).json(), ['x'], parameters)
  }
})

t.test('a file has a name, a type, a size and its content, as often as wanted', async t => {
  const app = await withForms(t)
  const dir = t.testdir({ old: 'there before' })
  app.post('/', { schema: { body: Form({ f: File() }) } }, async ({ body: { f } }) => {
    const chunks: Buffer[] = []
    for await (const chunk of f.stream()) chunks.push(chunk)
    for (const name of ['new', 'old']) await f.save(join(dir, name))
    await t.rejects(f.save(join(dir, 'no', 'such', 'folder')), { code: 'ENOENT' })
    return { ...f, text: await f.text(), bytes: (await f.buffer()).length, streamed: Buffer.concat(chunks).toString() }
  })
  const { statusCode, ...answer } = await post(app, '/', multipartOf([[file('f', 'dir/a;\\"Ä\\".PNG', 'image/PNG; q=1'), 'é\r\n--b']]))
  t.equal(statusCode, 200)
  const headers = { 'content-disposition': Buffer.from('form-data; name="f"; filename="dir/a;\\"Ä\\".PNG"').toString('latin1'), 'content-type': 'image/PNG; q=1' }
  t.same(answer.json(), { filename: 'a;"Ä".PNG', contentType: 'image/PNG; q=1', size: 7, headers, text: 'é\r\n--b', bytes: 7, streamed: 'é\r\n--b' })
  t.same([readFileSync(join(dir, 'new'), 'utf8'), readFileSync(join(dir, 'old'), 'utf8')], ['é\r\n--b', 'é\r\n--b'])
  t.same(readdirSync(dir).sort(), ['new', 'old'], 'nothing unfinished is left')

  for (const [sent, filename] of [['C:\\dir\\a.txt', 'a.txt'], ['../../etc/passwd', 'passwd'], ['..', ''], ['/.', ''], ['', '']]) {
    const { filename: received, contentType } = (await post(app, '/', multipartOf([[file('f', String(sent)), 'x']]))).json()
    t.same([received, contentType], [filename, ''], String(sent))
  }
})

// FastAPI does not read a body that is no form.
t.test('a body that is no form is not read, and leaves the fields missing', async t => {
  const app = await withForms(t)
  app.post('/', { schema: { body: Form({ text: Type.String({ default: 'd' }), n: Type.Integer() }) } }, async ({ body }) => body)
  for (const payload of ['{"n": 1}', '{', Buffer.from([0x22, 0xff, 0x22]), '['.repeat(2000)]) {
    const response = await post(app, '/', { payload, headers: { 'content-type': 'application/json' } })
    t.same([response.statusCode, response.json().detail], [422, [{ type: 'missing', loc: ['body', 'n'], msg: 'Field required', input: null }]])
  }
})

t.test('files and texts that stand in for one another are told apart', async t => {
  const app = await withForms(t)
  app.post('/', {
    schema: {
      body: Form({
        text: Type.String({ default: '' }),
        one: Nullable(File(), { default: null }),
        many: Type.Array(File(), { default: [] }),
        bytes: Nullable(Bytes({ maxLength: 5 }), { alias: 'raw-bytes', default: null }),
        blobs: Type.Optional(Type.Array(Bytes()))
      })
    }
  }, async ({ body: { one, many, bytes, blobs = [] } }) => [one?.filename ?? null, many.map(({ filename }) => filename), bytes?.toString() ?? null, blobs.map(String)])

  const got = await post(app, '/', multipartOf([[file('one', ''), ''], [file('many', 'a'), 'x'], [file('many', 'b'), 'y'], [file('raw-bytes', 'c'), '12345'], [file('blobs', 'd'), 'z'], ['blobs', 'text']]))
  t.same(got.json(), [null, ['a', 'b'], '12345', ['z', 'text']], 'a file that was not selected was not sent')
  t.same((await post(app, '/', urlencoded(''))).json(), [null, [], null, []])

  const unselected = multipartOf([[file('one', 'a'), 'x'], [file('one', ''), ''], [file('raw-bytes', 'a'), 'x'], [file('raw-bytes', ''), ''], [file('many', 'a'), 'x'], [file('many', ''), '']])
  t.same((await post(app, '/', unselected)).json(), [null, ['a'], null, []], 'the last value counts, also one that was not sent; in a list the others stay')

  const bad = await post(app, '/', multipartOf([[file('text', 't', 'text/plain'), 'kept nowhere'], ['one', 'x'], [file('many', 'a'), 'x'], ['many', 'y'], [file('raw-bytes', 'c'), '123456']]))
  const noFile = { type: 'value_error', msg: "Value error, Expected UploadFile, received: <class 'str'>", ctx: { error: {} } }
  t.match(bad.json().detail, [
    { type: 'string_type', loc: ['body', 'text'], input: { filename: 't', contentType: 'text/plain', size: 12 } },
    { ...noFile, loc: ['body', 'one'], input: 'x' },
    { ...noFile, loc: ['body', 'many', 1], input: 'y' },
    { type: 'bytes_too_long', loc: ['body', 'raw-bytes'] }
  ])
})

t.test('each limit that a scope does not give is that of the scope above', async t => {
  const app = await withForms(t, { fields: 2, files: 1 })
  const fields = { a: Type.Array(Type.String(), { default: [] }), f: Type.Array(File(), { default: [] }) }
  await app.register(async child => {
    await child.register(forms, { fields: 4 })
    child.post('/child', { schema: { body: Form(fields) } }, async () => 'ok')
    child.post('/own', { schema: { body: Form(fields) }, config: { forms: { files: 0 } } }, async () => 'ok')
  })
  app.post('/', { schema: { body: Form(fields) } }, async () => 'ok')
  const many = (count: number, part: Part) => multipartOf(Array.from({ length: count }, () => part))
  for (const [url, a, f] of [['/', 2, 1], ['/child', 4, 1], ['/own', 4, 0]] as const) {
    t.equal((await post(app, url, many(a, ['a', '1']))).statusCode, 200, url)
    t.same(said(await post(app, url, many(a + 1, ['a', '1']))), [400, `Too many fields. Maximum number of fields is ${a}.`], url)
    t.same(said(await post(app, url, many(f + 1, [file('f', 'x'), '']))), [400, `Too many files. Maximum number of files is ${f}.`], url)
  }
})

t.test('an object is JSON, and what is wrong in it is told with its place', async t => {
  const app = await withForms(t)
  const Author = Type.Object({ name: Type.String(), born: Type.Integer() }, { title: 'Author' })
  app.post('/', {
    schema: {
      body: Form({ author: Author, others: Type.Array(Author, { default: [] }), more: Nullable(Type.Record(Type.String(), Type.Integer()), { default: null }), list: Json(Type.Array(Type.Integer())), text: Type.String(), f: File() })
    }
  }, async ({ body: { f, ...rest } }) => ({ ...rest, f: f.filename }))
  const asJson = (name: string) => `name="${name}"\r\nContent-Type: application/json`

  const good = await post(app, '/', multipartOf([[asJson('author'), '{"name":"Jane","born":"1775"}'], ['others', '{"name":"a","born":1}'], ['others', '{"name":"b","born":2}'], ['more', '{"x":1}'], ['list', '[1,"2"]'], [asJson('text'), '{"a":1}'], [file('f', 'a'), 'x']]))
  t.same(good.json(), { author: { name: 'Jane', born: 1775 }, others: [{ name: 'a', born: 1 }, { name: 'b', born: 2 }], more: { x: 1 }, list: [1, 2], text: '{"a":1}', f: 'a' })

  const bad = await post(app, '/', multipartOf([['author', '{"name":"Jane"}'], ['others', '{'], ['list', '[]'], ['text', 'x'], [file('f', 'a'), 'x']]))
  t.match(bad.json().detail, [
    { type: 'missing', loc: ['body', 'author', 'born'], input: { name: 'Jane' } },
    { type: 'json_invalid', loc: ['body', 'others', 0], msg: 'Invalid JSON: EOF while parsing an object at line 1 column 1' }
  ])
})

t.test('so is a union of objects, and a form without names takes what comes', async t => {
  const app = await withForms(t)
  const [A, B] = [Type.Object({ kind: Type.Literal('a'), a: Type.Integer() }, { title: 'A' }), Type.Object({ kind: Type.Literal('b'), b: Type.Integer() }, { title: 'B' })]
  app.post('/', { schema: { body: Form({ any: Type.Union([A, B]), one: Type.Unsafe({ anyOf: [A, B], discriminator: { propertyName: 'kind' } }), text: Type.Union([Type.Integer(), Type.String()]) }) } }, async ({ body }) => body)
  app.post('/free', { schema: { body: { content: { 'application/x-www-form-urlencoded': { schema: Type.Record(Type.String(), Type.Integer()) } } } } }, async ({ body }) => body)
  t.same((await post(app, '/', multipartOf([['any', '{"kind":"b","b":"1"}'], ['one', '{"kind":"a","a":"2"}'], ['text', '{}']]))).json(), { any: { kind: 'b', b: 1 }, one: { kind: 'a', a: 2 }, text: '{}' })
  t.same((await post(app, '/free', urlencoded('a=1&b=2'))).json(), { a: 1, b: 2 })
})

t.test('the document says which media type a form has', async t => {
  const app = await withForms(t)
  app.post('/texts', { schema: { body: Form({ a: Type.String() }) } }, async () => 1)
  app.post('/files', { schema: { body: Form({ a: Type.String(), f: Type.Array(File({ description: 'Some' })), b: Bytes({ title: 'Raw' }) }) } }, async () => 1)
  const { paths, components: { schemas } } = (await app.inject('/openapi.json')).json()
  t.same(Object.keys(paths['/texts'].post.requestBody.content), ['application/x-www-form-urlencoded'])
  t.same(Object.keys(paths['/files'].post.requestBody.content), ['multipart/form-data'])
  const binary = { type: 'string', contentMediaType: 'application/octet-stream' }
  t.same(Object.values<{ properties: object }>(schemas).find(({ properties }) => 'f' in properties)?.properties, {
    a: { type: 'string', title: 'A' }, f: { type: 'array', items: { ...binary, description: 'Some' }, title: 'F' }, b: { ...binary, title: 'Raw' }
  })
})

t.test('a form larger than its limits is refused, in FastAPI’s words', async t => {
  const app = await withForms(t, { fields: 3, files: 2, parts: 4, fieldSize: 2048, fileSize: 3000, total: 10_000 })
  app.post('/', { schema: { body: Form({ f: Type.Array(File(), { default: [] }), x: Type.Array(Type.String(), { default: [] }) }) } }, async ({ body: { f, x } }) => [f.length, x.length])
  app.post('/own', { config: { forms: { files: 1 } }, schema: { body: Form({ f: Type.Array(File(), { default: [] }) }) } }, async () => 'fine')
  app.post('/small', { bodyLimit: 100, schema: { body: Form({ f: Type.Array(File(), { default: [] }) }) } }, async () => 'fine')
  const text = (size: number): Part => ['x', 'x'.repeat(size)]
  const upload = (size: number): Part => [file('f', 'a'), 'x'.repeat(size)]

  const cases = [
    ['/', [text(2048), text(1), text(1)], 200, undefined],
    ['/', [text(1), text(1), text(1), text(1)], 400, 'Too many fields. Maximum number of fields is 3.'],
    ['/', [upload(1), upload(3000)], 200, undefined],
    ['/', [upload(1), upload(1), upload(1)], 400, 'Too many files. Maximum number of files is 2.'],
    ['/', [text(1), text(1), text(1), upload(1), upload(1)], 400, 'Too many parts. Maximum number of parts is 4.'],
    ['/', [text(2049)], 400, 'Part exceeded maximum size of 2KB.'],
    ['/', [['name="x"\r\nContent-Type: application/json', 'x'.repeat(2049)]], 400, 'Part exceeded maximum size of 2KB.'],
    ['/', [upload(3001)], 413, 'File exceeded maximum size of 2KB.'],
    ['/', [upload(9990)], 413, 'Form exceeded maximum size of 9KB.'],
    ['/own', [upload(1), upload(1)], 400, 'Too many files. Maximum number of files is 1.'],
    ['/small', [upload(100)], 413, 'Form exceeded maximum size of 100 bytes.'],
    ['/own', [text(1), text(1), text(1), text(1)], 400, 'Too many fields. Maximum number of fields is 3.']
  ] as const
  for (const [url, parts, status, detail] of cases) {
    t.same(said(await post(app, url, multipartOf(parts))), [status, detail], `${url} ${detail}`)
  }
  const bodies = [
    [urlencoded('x=1&x=2&&x=3&'), 200, undefined],
    [urlencoded('x=1&x=2&x=3&x=4'), 400, 'Too many fields. Maximum number of fields is 3.'],
    [urlencoded(`x=${'x'.repeat(2047)}`), 200, undefined],
    [urlencoded(`x=${'x'.repeat(2048)}`), 400, 'Field exceeded maximum size of 2KB.'],
    [urlencoded(`x=${'é'.repeat(1024)}`), 400, 'Field exceeded maximum size of 2KB.']
  ] as const
  for (const [body, status, detail] of bodies) t.same(said(await post(app, '/', body)), [status, detail], String(body.payload).slice(0, 20))
})

t.test('the limits of a route hold for urlencoded forms too, whether they are lower or higher', async t => {
  const app = await withForms(t, { fields: 3, fieldSize: 10 })
  const body = Form({ x: Type.Array(Type.String()) })
  app.post('/', { schema: { body } }, async () => 'fine')
  app.post('/lower', { config: { forms: { fields: 2 } }, schema: { body } }, async () => 'fine')
  app.post('/higher', { config: { forms: { fields: 4, fieldSize: 20 } }, schema: { body } }, async () => 'fine')
  app.post('/plain', { config: { forms: { fields: 1 } } }, async () => 'fine')
  const tooMany = (most: number): unknown[] => [400, `Too many fields. Maximum number of fields is ${most}.`]
  const fields = (count: number) => urlencoded('x=1&'.repeat(count))
  const cases = [
    ['/', fields(3), [200, undefined]], ['/', fields(4), tooMany(3)], ['/', urlencoded(`x=${'1'.repeat(10)}`), [400, 'Field exceeded maximum size of 0KB.']],
    ['/lower', fields(2), [200, undefined]], ['/lower', fields(3), tooMany(2)],
    ['/higher', fields(4), [200, undefined]], ['/higher', fields(5), tooMany(4)], ['/higher', urlencoded(`x=${'1'.repeat(19)}`), [200, undefined]],
    ['/plain', fields(1), [200, undefined]], ['/plain', fields(2), tooMany(1)]
  ] as const
  for (const [url, form, expected] of cases) {
    const { statusCode, body } = await post(app, url, form)
    t.same([statusCode, statusCode === 200 ? undefined : JSON.parse(body).detail], expected, `${url} ${form.payload.slice(0, 20)}`)
  }
})

t.test('a field may have any name, and reaches no prototype', async t => {
  const app = await withForms(t)
  app.post('/', { schema: { body: Form({ a: Type.String({ default: '' }) }, { additionalProperties: true }) } }, async ({ body }) => [Object.keys(body).sort((a, b) => a.length - b.length), Object.hasOwn(body, '__proto__'), Object.getPrototypeOf(body) === Object.prototype])
  for (const name of ['__proto__', 'constructor', 'toString']) {
    for (const body of [multipartOf([[name, 'x']]), urlencoded(`${name}=x`)]) {
      t.same((await post(app, '/', body)).json(), [['a', name], name === '__proto__', true], name)
    }
    t.equal((await post(app, '/', multipartOf([[file(name, 'a'), 'x']]))).statusCode, 200)
  }
})

t.test('large files go to the disk, where they have no name', openFiles, async t => {
  const dir = t.testdir()
  const app = await withForms(t, { memory: 100, directory: dir })
  const seen: unknown[] = []
  app.post('/', { schema: { body: Form({ a: File(), b: File(), c: Bytes() }) } }, async ({ body: { a, b, c } }) => {
    seen.push(openUploads().length, readdirSync(dir).length)
    await a.save(join(dir, 'saved'))
    return [a.size, await a.text() === 'a'.repeat(90), b.size, await b.text() === 'b'.repeat(200_000), (await b.buffer()).length, c.length]
  })
  const answer = await post(app, '/', multipartOf([[file('a', 'a'), 'a'.repeat(90)], [file('b', 'b'), 'b'.repeat(200_000)], [file('c', 'c'), 'c'.repeat(200)]]))
  t.same(answer.json(), [90, true, 200_000, true, 200_000, 200])
  t.same(seen, [1, 0], 'one of them on the disk, none in the folder')
  await allClosed()
  t.same(readdirSync(dir), ['saved'])
})

t.test('where nothing can be written, that is the server’s fault', async t => {
  const app = await withForms(t, { memory: 10, directory: join(t.testdir({ file: '' }), 'file') })
  const faults: unknown[] = []
  app.addHook('onError', async (_request, _reply, error) => { faults.push(error.code) })
  app.post('/', { schema: { body: Form({ f: File() }) } }, async () => 'fine')
  t.same(said(await post(app, '/', multipartOf([[file('f', 'a'), 'x'.repeat(11)]]))), [500, 'Internal Server Error'])
  t.same(faults, ['APIKIT_ERR_SPOOL'])
})

t.test('a file is gone when its request is over, however it ends', openFiles, async t => {
  const app = await withForms(t, { memory: 0 })
  const kept: UploadFile[] = []
  const schema = { body: Form({ f: File(), n: Type.Integer({ default: 1 }) }) }
  app.post('/fine', { schema }, async ({ body: { f } }) => { kept.push(f); return f.size })
  app.post('/throws', { schema }, async ({ body: { f } }) => { kept.push(f); throw new Error('no') })
  app.post('/throws-at-once', { schema }, ({ body: { f } }) => { kept.push(f); throw new Error('no') })
  app.post('/replies', { schema }, ({ body: { f } }, reply) => { kept.push(f); setImmediate(() => { reply.send('later') }) })
  // The time includes that of reading the form.
  app.post('/slow', { schema, handlerTimeout: 1000 }, async ({ body: { f } }, reply) => {
    kept.push(f)
    await once(reply.raw, 'finish')
    t.equal(await f.text(), 'x', 'while the handler runs, the file is there, answered or not')
  })
  const wait = async (_request: unknown, reply: FastifyReply, payload: RequestPayload) => { await once(reply.raw, 'finish'); return payload }
  app.post('/late', { schema, handlerTimeout: 20, preParsing: wait }, async ({ body: { f } }) => { kept.push(f) })
  const good = multipartOf([[file('f', 'a'), 'x']])
  for (const [url, status] of [['/fine', 200], ['/throws', 500], ['/throws-at-once', 500], ['/replies', 200], ['/slow', 503], ['/late', 503]] as const) {
    t.equal((await post(app, url, good)).statusCode, status, url)
  }
  t.equal((await post(app, '/fine', multipartOf([[file('f', 'a'), 'x'], ['n', 'x']]))).statusCode, 422)
  t.equal((await post(app, '/fine', multipartOf([[file('f', 'a'), 'x']], '--B\r\nContent-Disposition: form-data; filename="b"\r\n\r\n\r\n--B--'))).statusCode, 400)
  await allClosed()

  t.equal(kept.length, 5, 'a form that is read too late reaches no handler')
  for (const upload of kept) {
    for (const read of [(): Promise<unknown> => upload.text(), () => upload.buffer(), () => upload.save(join(t.testdirName, 'x'))]) {
      await t.rejects(read(), { code: 'APIKIT_ERR_FILE_GONE', message: /"a" was read after the end of its request\. Call save\(\)/ })
    }
  }
})

t.test('routes that take no form', async t => {
  const app = await withForms(t)
  app.post('/json', { bodyLimit: 1000, schema: { body: Type.Object({ a: Type.String() }) } }, async ({ body }) => body)
  app.post('/embedded', { schema: { body: Embed({ a: Type.String() }) } }, async ({ body }) => body)
  app.post('/text', { schema: { body: Type.String() } }, async ({ body }) => [body])
  app.post('/any', async ({ body }) => [body ?? null, Object.getPrototypeOf(body ?? []) === Object.prototype])
  app.get('/', async request => [request.body ?? null])

  t.test('get the bytes where they have a schema: a form is no JSON', async t => {
    const noModel = { type: 'model_attributes_type', loc: ['body'], msg: 'Input should be a valid dictionary or object to extract fields from' }
    t.same((await post(app, '/json', urlencoded('a=b'))).json().detail, [{ ...noModel, input: 'a=b' }])
    const form = multipartOf([['a', 'b']])
    t.same((await post(app, '/json', form)).json().detail, [{ ...noModel, input: form.payload.toString() }])
    t.same((await post(app, '/text', urlencoded('a=b'))).json(), ['a=b'])
    for (const body of [form, urlencoded('a=b')]) t.match((await post(app, '/embedded', body)).json().detail, [{ type: 'missing', loc: ['body', 'a'] }])
    for (const empty of [urlencoded(''), multipartOf([], '')]) {
      t.same((await post(app, '/json', empty)).json().detail, [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }])
    }
    t.same((await post(app, '/json', { headers: { 'content-type': 'application/json' }, payload: '{"a":"b"}' })).json(), { a: 'b' })
    const unknown = { headers: { 'content-type': 'multipart/form-data' }, payload: '{"a":"b"}' }
    t.same((await post(app, '/json', unknown)).json().detail, [{ ...noModel, input: '{"a":"b"}' }], 'whatever it says of its boundary')
  })

  t.test('and no more of them than bodyLimit', async t => {
    const large = await post(app, '/json', multipartOf([['a', 'x'.repeat(1000)]]))
    t.equal(large.statusCode, 413)
    const chunked = multipartOf([['a', 'x'.repeat(1000)]])
    const { statusCode } = await app.inject({ method: 'POST', url: '/json', headers: { ...chunked.headers, 'transfer-encoding': 'chunked' }, payload: chunked.payload })
    t.equal(statusCode, 413)
  })

  t.test('get an urlencoded form as an object where they have none, and do not judge a multipart body', async t => {
    t.same((await post(app, '/any', urlencoded('a=1&a=2&b='))).json(), [{ a: ['1', '2'], b: '' }, true])
    for (const body of [multipartOf([['a', 'b']]), multipartOf([], 'garbage'), { headers: { 'content-type': 'multipart/form-data' }, payload: 'x' }]) {
      t.same((await post(app, '/any', body)).json(), [null, false])
    }
    t.same((await app.inject('/')).json(), [null])
    t.equal((await post(app, '/nowhere', multipartOf([['a', 'b']]))).statusCode, 404)
    t.equal((await post(app, '/nowhere', urlencoded('a=b'))).statusCode, 404)
  })
})

t.test('without validation, and with a compiler of the route’s own, a form is no JSON either', async t => {
  const app = bare(t)
  for (const plugin of [errors, forms]) await app.register(plugin as typeof errors)
  const body = { type: 'object', required: ['a'], properties: { a: { type: 'string' } } }
  app.post('/', { schema: { body } }, async ({ body }) => body)
  app.post('/lower', { config: { forms: { fields: 1 } } }, async ({ body }) => body)
  t.equal((await post(app, '/', urlencoded('a=b'))).statusCode, 400)
  t.equal((await post(app, '/', multipartOf([['a', 'b']]))).statusCode, 400)
  t.same((await app.inject({ method: 'POST', url: '/', payload: { a: 'b' } })).json(), { a: 'b' })
  t.same(said(await post(app, '/lower', urlencoded('a=b&c=d'))), [400, 'Too many fields. Maximum number of fields is 1.'])

  const validated = await withForms(t)
  validated.post('/own', { schema: { body }, validatorCompiler: () => data => ({ value: Buffer.isBuffer(data) ? { a: String(data) } : data }) }, async ({ body }) => body)
  t.same((await post(validated, '/own', urlencoded('a=b'))).json(), { a: 'a=b' })
})

t.test('request.form() reads a form that no schema describes, when it is asked for', openFiles, async t => {
  const app = await withForms(t, { memory: 0, fields: 2 })
  const kept: UploadFile[] = []
  const faults: string[] = []
  app.addHook('onError', async (_request, _reply, { statusCode = 500, message }) => { if (statusCode === 500) faults.push(message) })
  app.addHook('onRequest', async request => { if (request.url === '/early') await request.form() })
  app.post('/', async request => {
    const form = await request.form()
    t.same(await request.form(), form, 'as often as it is asked for')
    return Object.fromEntries(await Promise.all(Object.entries(form).map(async ([name, value]) => {
      if (typeof value === 'string' || Array.isArray(value)) return [name, value]
      kept.push(value)
      return [name, [value.filename, await value.text()]]
    })))
  })
  app.post('/limited', { config: { forms: { files: 0 } } }, async request => await request.form())
  app.post('/early', async () => 'never')
  app.post('/described', { schema: { body: Form({ a: Type.String() }) } }, async request => await request.form())
  app.get('/get', async request => await request.form())

  t.same((await post(app, '/', multipartOf([['a', 'b'], ['a', 'c'], [file('f', 'x.txt'), 'content']]))).json(), { a: ['b', 'c'], f: ['x.txt', 'content'] })
  t.same((await post(app, '/', urlencoded('a=b&a=c'))).json(), { a: ['b', 'c'] })
  t.same((await app.inject({ method: 'POST', url: '/', payload: { a: 'b' } })).json(), {}, 'what is no form has no fields')
  t.same(said(await post(app, '/', multipartOf([], 'garbage'))), [400, 'Invalid multipart data.'])
  t.same(said(await post(app, '/', multipartOf([['a', 'b'], ['a', 'c'], ['a', 'd']]))), [400, 'Too many fields. Maximum number of fields is 2.'])
  t.same(said(await post(app, '/limited', multipartOf([[file('f', 'a'), 'x']]))), [400, 'Too many files. Maximum number of files is 0.'])
  await allClosed()
  t.equal(kept.length, 1)
  await t.rejects(Promise.resolve(kept[0]?.text()), { code: 'APIKIT_ERR_FILE_GONE' })

  for (const [url, method] of [['/early', 'POST'], ['/described', 'POST'], ['/get', 'GET']] as const) {
    const { statusCode } = await app.inject({ method, url, ...method === 'POST' && multipartOf([['a', 'b']]) })
    t.equal(statusCode, 500, url)
  }
  t.match(faults, [/before the body was parsed/, /only supported on routes without a body schema/, /with a method that has a body/])
})

t.test('hooks before the validation find the fields, whoever adds them', async t => {
  const app = await withForms(t)
  const found: unknown[] = []
  app.addHook('preValidation', async ({ body }) => { found.push({ ...Object(body) }) })
  app.post('/', {
    schema: { body: Form({ n: Type.Integer() }) },
    preValidation: async ({ body }) => { found.push({ ...Object(body) }) }
  }, async ({ body }) => body)
  for (const body of [urlencoded('n=1'), multipartOf([['n', '1']])]) t.same((await post(app, '/', body)).json(), { n: 1 })
  t.same(found, Array(4).fill({ n: '1' }))
})

t.test('a dependency reads a form as well, and files', async t => {
  const app = await withForms(t)
  const avatar = dependency({ form: Type.Object({ avatar: File() }) }, ({ form }) => form.avatar)
  app.post('/', { config: { depends: { avatar } } }, async ({ deps: { avatar } }) => avatar.filename)
  app.post('/both', { config: { depends: { avatar } }, schema: { body: Form({ name: Type.String() }) } }, async ({ body: { name }, deps: { avatar } }) => [name, await avatar.text()])
  t.equal((await post(app, '/', multipartOf([[file('avatar', 'a.png'), 'x']]))).body, 'a.png')
  t.same((await post(app, '/both', multipartOf([['name', 'Rick'], [file('avatar', 'a.png'), 'x']]))).json(), ['Rick', 'x'])
})

t.test('a body of several media types may be a form', async t => {
  const app = await withForms(t)
  app.post('/', {
    schema: { body: { content: { 'application/json': { schema: Type.Object({ a: Type.Integer() }) }, 'multipart/form-data': { schema: Type.Object({ f: File() }) } } } }
  }, async ({ body }) => Object.keys(Object(body)))
  t.same((await app.inject({ method: 'POST', url: '/', payload: { a: 1 } })).json(), ['a'])
  t.same((await post(app, '/', multipartOf([[file('f', 'a'), 'x']]))).json(), ['f'])
})

t.test('files that nobody has declared are kept where the schema keeps what it does not name', async t => {
  const app = await withForms(t)
  app.post('/kept', { schema: { body: Form({}, { additionalProperties: true }) } }, async ({ body }) => await (Object(body).f as UploadFile).text())
  app.post('/not', { schema: { body: Form({}, { additionalProperties: false }) } }, async () => 'fine')
  t.equal((await post(app, '/kept', multipartOf([[file('f', 'a'), 'content']]))).body, 'content')
  t.match((await post(app, '/not', multipartOf([[file('f', 'a'), 'content']]))).json().detail, [{ type: 'extra_forbidden', loc: ['body', 'f'], input: { filename: 'a', size: 7 } }])
})

t.test('mistakes are told at boot', async t => {
  const refusal = async (declare: (app: FastifyInstance) => void, plugins: readonly unknown[] = [errors, validation, forms]): Promise<string> => {
    const app = bare(t)
    for (const plugin of plugins) await app.register(plugin as typeof errors)
    declare(app)
    return await app.ready().then(() => 'fine', (error: Error) => error.message)
  }
  const body = Form({ f: File() })
  const route = (schema: object, config = {}) => (app: FastifyInstance) => { app.post('/', { config, schema }, async () => 'fine') }

  t.equal(await refusal(route({ body })), 'fine')
  t.match(await refusal(route({ body }), [errors, validation]), 'POST /: schema.body: files need fastify-apikit/forms. Register it before this route, in this scope or above.')
  t.match(await refusal(route({ body }), [errors, forms]), 'POST /: schema.body: a Form needs fastify-apikit/validation. Register it before this route, in this scope or above.')
  const outside = 'File() is only supported in a form. Declare the body with Form({ … })'
  t.match(await refusal(route({ body: Type.Object({ f: File() }) })), `POST /: schema.body: ${outside}`)
  t.match(await refusal(route({ querystring: Type.Object({ f: Type.Optional(File()) }) })), `POST /: schema.querystring: ${outside}`)
  t.match(await refusal(route({ body: Form({ inner: Type.Object({ f: File() }), f: File() }) })), `POST /: schema.body: ${outside}`)
  t.match(await refusal(route({ body: Form({ f: Type.Array(File({ stream: true })) }) })), 'schema.body.f: a streamed file must not be in an array')
  t.match(await refusal(route({ body: Form({ f: File({ stream: true }), g: File({ stream: true }) }) })), 'schema.body: a form must have at most one streamed file, got f, g')
  t.match(await refusal(route({ body }, { forms: { filesize: 1, fields: -1 } })), /POST \/: config.forms: options\/filesize: Unknown option; options\/fields: /)
  await t.rejects(async () => { await bare(t).register(forms, { memory: -1 }) }, { code: 'APIKIT_ERR_INVALID_OPTIONS' })
})

t.test('beside @fastify/multipart and @fastify/formbody of the app both work: forms where a route declares one, theirs elsewhere', openFiles, async t => {
  for (const options of [{}, { attachFieldsToBody: true }] as const) {
    const app = bare(t).withTypeProvider<TypeBoxTypeProvider>()
    const tmp = mkdtempSync(join(tmpdir(), 'apikit-test-'))
    await app.register(formbody)
    await app.register(multipart, options)
    for (const plugin of [errors, validation]) await app.register(plugin)
    await app.register(forms, { memory: 0, files: 1 })
    const schema = { body: Form({ a: Type.Integer(), f: Nullable(File(), { default: null }) }) }
    const found: unknown[] = []
    app.post('/', {
      schema,
      preParsing: async (_request, _reply, payload) => payload,
      preValidation: async ({ body }) => { found.push(Object(body).a) }
    }, async ({ body: { a, f } }) => [a, f?.filename ?? null, await f?.text() ?? null])
    app.post('/parts', async request => {
      if (options.attachFieldsToBody) return Object.keys(Object(request.body))
      const names: string[] = []
      for await (const part of request.parts()) names.push(part.fieldname)
      return names
    })
    const cleaned = Promise.withResolvers<void>()
    // Behind the hook of @fastify/multipart, which removes what it has saved.
    app.post('/saved', { onResponse: async () => { cleaned.resolve() } }, async request => {
      const { files } = await request.saveRequestFiles({ tmpdir: tmp })
      return files.map(({ filepath }) => readFileSync(filepath, 'utf8'))
    })
    app.post('/form', async request => await request.form())

    t.same((await post(app, '/', urlencoded('a=1'))).json(), [1, null, null])
    t.same((await post(app, '/', multipartOf([['a', '1'], [file('f', 'x'), 'content']]))).json(), [1, 'x', 'content'])
    t.equal((await post(app, '/', multipartOf([['a', 'x'], [file('f', 'x'), 'content']]))).statusCode, 422)
    t.same(found, ['1', '1', 'x'], 'hooks of the route find the fields')
    t.same(said(await post(app, '/', multipartOf([], 'garbage'))), [400, 'Invalid multipart data.'])
    t.same(said(await post(app, '/', multipartOf([[file('f', 'x'), ''], [file('f', 'x'), '']]))), [400, 'Too many files. Maximum number of files is 1.'])
    await allClosed()
    t.same((await post(app, '/parts', multipartOf([['a', 'b'], ['c', 'd']]))).json(), ['a', 'c'])
    if (!options.attachFieldsToBody) {
      t.same((await post(app, '/saved', multipartOf([[file('f', 'a'), 'content']]))).json(), ['content'])
      await cleaned.promise
    }
    t.same(readdirSync(tmp), [], 'what @fastify/multipart has saved is removed')
    t.equal((await post(app, '/form', multipartOf([['a', 'b']]))).statusCode, 500)
  }
})

t.test('a scope may give multipart to another parser; a form that is declared there is no empty one', async t => {
  const app = await withForms(t)
  const faults: string[] = []
  app.addHook('onError', async (_request, _reply, { message }) => { faults.push(message) })
  await app.register(async child => {
    child.removeContentTypeParser('multipart/form-data')
    await child.register(multipart)
    child.post('/parts', async request => (await request.file())?.filename)
    child.post('/form', { schema: { body: Form({ a: Type.String({ default: '' }) }) } }, async ({ body }) => body)
  })
  t.equal((await post(app, '/parts', multipartOf([[file('f', 'a.txt'), 'x']]))).body, 'a.txt')
  t.equal((await post(app, '/form', urlencoded('a=b'))).statusCode, 200)
  t.equal((await post(app, '/form', multipartOf([['a', 'b']]))).statusCode, 500)
  t.match(faults, [/multipart\/form-data is read by another parser in this scope/])
})

t.test('registered again in a scope below, its options count there', async t => {
  const app = await withForms(t, { fields: 2 })
  const schema = { body: Form({ a: Type.Array(Type.String()) }) }
  app.post('/above', { schema }, async () => 'fine')
  await app.register(async child => {
    await child.register(forms, { fields: 3 })
    child.post('/below', { schema }, async () => 'fine')
  })
  for (const [url, most] of [['/above', 2], ['/below', 3]] as const) {
    for (const body of [multipartOf(Array.from({ length: most + 1 }, () => ['a', 'x'] as const)), urlencoded('a=x&'.repeat(most + 1))]) {
      t.same(said(await post(app, url, body)), [400, `Too many fields. Maximum number of fields is ${most}.`], url)
    }
    t.equal((await post(app, url, urlencoded('a=x&'.repeat(most)))).statusCode, 200, url)
  }
})

t.test('a route that is declared before it is left alone', async t => {
  const app = bare(t)
  app.post('/', async ({ body }) => [body ?? null])
  await app.register(forms)
  t.same((await post(app, '/', multipartOf([['a', 'b']]))).json(), [null])
})

t.test('siblings of its scope know nothing of it', async t => {
  const app = bare(t)
  await app.register(async app => {
    await app.register(forms)
    app.post('/inside', async ({ body }) => body)
  })
  app.post('/outside', async ({ body }) => body)
  t.same((await post(app, '/inside', urlencoded('a=1'))).json(), { a: '1' })
  t.equal((await post(app, '/outside', urlencoded('a=1'))).statusCode, 415)
  t.notOk(app.hasRequestDecorator('form'))
})
