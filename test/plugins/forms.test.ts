import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import docs from '../../plugins/docs/index.ts'
import errors from '../../plugins/errors/index.ts'
import forms, { type FormsOptions, type UploadFile } from '../../plugins/forms/index.ts'
import validation from '../../plugins/validation/index.ts'
import { Bytes, File, Form, Json, Nullable } from '../../plugins/types/index.ts'
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
    ['/model', [['note', '']], { n: 7, note: '', tags: [] }],
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
  t.same((await post(app, '/', multipartOf([['a', 'b'], ['last', '']], ''))).json(), { a: 'b' }, 'an end that did not come')
  t.same((await post(app, '/', multipartOf([], '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\ncut'))).json(), { a: 'none' }, 'a field that did not end')
  t.same((await post(app, '/', multipartOf([], `--B\r\nContent-Disposition: form-data; ${file('a', 'a')}\r\n\r\ncut`))).json(), { a: 'none' }, 'a file that did not end')
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
  const { statusCode, ...answer } = await post(app, '/', multipartOf([[file('f', 'dir/Ä.PNG', 'image/PNG; q=1'), 'é\r\n--b']]))
  t.equal(statusCode, 200)
  t.same(answer.json(), {
    filename: 'Ä.PNG', contentType: 'image/png', size: 7, headers: { 'content-type': 'image/png', 'content-transfer-encoding': '7bit' }, text: 'é\r\n--b', bytes: 7, streamed: 'é\r\n--b'
  })
  t.same([readFileSync(join(dir, 'new'), 'utf8'), readFileSync(join(dir, 'old'), 'utf8')], ['é\r\n--b', 'é\r\n--b'])
  t.same(readdirSync(dir).sort(), ['new', 'old'], 'nothing unfinished is left')
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
  t.same(got.json(), ['', ['a', 'b'], '12345', ['z', 'text']])
  t.same((await post(app, '/', urlencoded(''))).json(), [null, [], null, []])

  const bad = await post(app, '/', multipartOf([[file('text', 't', 'text/plain'), 'kept nowhere'], ['one', 'x'], [file('many', 'a'), 'x'], ['many', 'y'], [file('raw-bytes', 'c'), '123456']]))
  const noFile = { type: 'value_error', msg: "Value error, Expected UploadFile, received: <class 'str'>", ctx: { error: {} } }
  t.match(bad.json().detail, [
    { type: 'string_type', loc: ['body', 'text'], input: { filename: 't', contentType: 'text/plain', size: 12 } },
    { ...noFile, loc: ['body', 'one'], input: 'x' },
    { ...noFile, loc: ['body', 'many', 1], input: 'y' },
    { type: 'bytes_too_long', loc: ['body', 'raw-bytes'] }
  ])
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
  const parse = 'There was an error parsing the body'

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
    ['/small', [upload(100)], 413, 'Form exceeded maximum size of 0KB.'],
    ['/', [['filename="a"', 'x']], 400, 'The Content-Disposition header field "name" must be provided.'],
    ['/', [['__proto__', 'x']], 400, parse],
    ['/', [[file('constructor', 'a'), 'x']], 400, parse]
  ] as const
  for (const [url, parts, status, detail] of cases) {
    t.same(said(await post(app, url, multipartOf(parts))), [status, detail], `${url} ${detail}`)
  }
  const bodies = [
    [urlencoded('x=1&x=2&&x=3&'), 200, undefined],
    [urlencoded('x=1&x=2&x=3&x=4'), 400, 'Too many fields. Maximum number of fields is 3.'],
    [urlencoded(`x=${'x'.repeat(2048)}`), 400, 'Field exceeded maximum size of 2KB.'],
    [{ headers: { 'content-type': 'multipart/form-data' }, payload: 'x' }, 400, 'Missing boundary in multipart.'],
    [{ headers: { 'content-type': 'multipart/form-data; boundary="B"' }, payload: multipartOf([['x', '1']]).payload }, 200, undefined],
    [multipartOf([], 'garbage'), 400, parse],
    [multipartOf([], '\r\n--C--'), 400, parse],
    [multipartOf([], '\r\n--B--'), 200, undefined]
  ] as const
  for (const [body, status, detail] of bodies) t.same(said(await post(app, '/', body)), [status, detail], String(body.payload).slice(0, 20))
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
  app.post('/slow', { schema, handlerTimeout: 20 }, async ({ body: { f } }) => {
    kept.push(f)
    await new Promise(resolve => { setTimeout(resolve, 60) })
    t.equal(await f.text(), 'x', 'while the handler runs, the file is there, answered or not')
  })
  const good = multipartOf([[file('f', 'a'), 'x']])
  for (const [url, status] of [['/fine', 200], ['/throws', 500], ['/throws-at-once', 500], ['/replies', 200], ['/slow', 503]] as const) {
    t.equal((await post(app, url, good)).statusCode, status, url)
  }
  t.equal((await post(app, '/fine', multipartOf([[file('f', 'a'), 'x'], ['n', 'x']]))).statusCode, 422)
  t.equal((await post(app, '/fine', multipartOf([[file('f', 'a'), 'x']], '--B\r\nContent-Disposition: form-data; filename="b"\r\n\r\n\r\n--B--'))).statusCode, 400)
  await allClosed()

  t.equal(kept.length, 5)
  for (const upload of kept) {
    for (const read of [(): Promise<unknown> => upload.text(), () => upload.buffer(), () => upload.save(join(t.testdirName, 'x'))]) {
      await t.rejects(read(), { code: 'APIKIT_ERR_FILE_GONE', message: /"a" went with its request; save\(\) it/ })
    }
  }
})

t.test('routes that take no form', async t => {
  const app = await withForms(t)
  const tmp = mkdtempSync(join(tmpdir(), 'apikit-test-'))
  app.post('/json', { bodyLimit: 1000, schema: { body: Type.Object({ a: Type.String() }) } }, async ({ body }) => body)
  app.post('/text', { schema: { body: Type.String() } }, async ({ body }) => [body])
  app.post('/any', async ({ body }) => [body, Object.getPrototypeOf(body) === Object.prototype])
  app.post('/parts', async request => {
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
  app.get('/', async request => [request.body ?? null])

  t.test('get the bytes where they have a schema: a form is no JSON', async t => {
    const noModel = { type: 'model_attributes_type', loc: ['body'], msg: 'Input should be a valid dictionary or object to extract fields from' }
    t.same((await post(app, '/json', urlencoded('a=b'))).json().detail, [{ ...noModel, input: 'a=b' }])
    const form = multipartOf([['a', 'b']])
    t.same((await post(app, '/json', form)).json().detail, [{ ...noModel, input: form.payload.toString() }])
    t.same((await post(app, '/text', urlencoded('a=b'))).json(), ['a=b'])
    for (const empty of [urlencoded(''), multipartOf([], '')]) {
      t.same((await post(app, '/json', empty)).json().detail, [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }])
    }
    t.same((await post(app, '/json', { headers: { 'content-type': 'application/json' }, payload: '{"a":"b"}' })).json(), { a: 'b' })
  })

  t.test('and no more of them than bodyLimit', async t => {
    const large = await post(app, '/json', multipartOf([['a', 'x'.repeat(1000)]]))
    t.equal(large.statusCode, 413)
    const chunked = multipartOf([['a', 'x'.repeat(1000)]])
    const { statusCode } = await app.inject({ method: 'POST', url: '/json', headers: { ...chunked.headers, 'transfer-encoding': 'chunked' }, payload: chunked.payload })
    t.equal(statusCode, 413)
  })

  t.test('get an urlencoded form as an object where they have none, and read the parts of another themselves', async t => {
    t.same((await post(app, '/any', urlencoded('a=1&a=2&b='))).json(), [{ a: ['1', '2'], b: '' }, true])
    t.same((await post(app, '/parts', multipartOf([['a', 'b'], ['c', 'd']]))).json(), ['a', 'c'])
    t.same((await post(app, '/saved', multipartOf([[file('f', 'a'), 'content']]))).json(), ['content'])
    await cleaned.promise
    t.same(readdirSync(tmp), [], 'what @fastify/multipart has saved is removed')
    t.same((await app.inject('/')).json(), [null])
  })
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
  t.match(await refusal(route({ body }), [errors, validation]), 'POST /: schema.body: it has files, which needs fastify-apikit/forms. Register it before this route, in this scope or above.')
  t.match(await refusal(route({ body }), [errors, forms]), 'POST /: schema.body: it is a form, which needs fastify-apikit/validation. Register it before this route, in this scope or above.')
  const outside = 'a File() stands in a form only; make the body of Form({ … })'
  t.match(await refusal(route({ body: Type.Object({ f: File() }) })), `POST /: schema.body: ${outside}`)
  t.match(await refusal(route({ querystring: Type.Object({ f: Type.Optional(File()) }) })), `POST /: schema.querystring: ${outside}`)
  t.match(await refusal(route({ body: Form({ inner: Type.Object({ f: File() }), f: File() }) })), `POST /: schema.body: ${outside}`)
  t.match(await refusal(route({ body: Form({ f: Type.Array(File({ stream: true })) }) })), 'schema.body.f: of streamed files there is one in a form')
  t.match(await refusal(route({ body: Form({ f: File({ stream: true }), g: File({ stream: true }) }) })), 'schema.body: f, g: of streamed files there is one in a form')
  t.match(await refusal(route({ body }, { forms: { filesize: 1, fields: -1 } })), /POST \/: config.forms: options\/filesize: Unknown option; options\/fields: /)
  await t.rejects(async () => { await bare(t).register(forms, { memory: -1 }) }, { code: 'APIKIT_ERR_INVALID_OPTIONS' })
})

t.test('what the app has registered itself is used', async t => {
  const app = bare(t).withTypeProvider<TypeBoxTypeProvider>()
  await app.register(formbody)
  await app.register(multipart)
  for (const plugin of [errors, validation, forms]) await app.register(plugin)
  app.post('/', { schema: { body: Form({ a: Type.Integer(), f: Nullable(File(), { default: null }) }) } }, async ({ body: { a, f } }) => [a, f?.filename ?? null])
  t.same((await post(app, '/', urlencoded('a=1'))).json(), [1, null])
  t.same((await post(app, '/', multipartOf([['a', '1'], [file('f', 'x'), '']]))).json(), [1, 'x'])
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
  t.notOk(app.hasRequestDecorator('parts'))
})
