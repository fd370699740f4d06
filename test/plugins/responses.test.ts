import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import cookie from '@fastify/cookie'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import t, { type Test } from 'tap'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import docs from '../../plugins/docs/index.ts'
import errors, { NotFound } from '../../plugins/errors/index.ts'
import responseModel from '../../plugins/response-model/index.ts'
import responses, {
  deleteCookie, file, type FileAnswer, html, jsonLines, redirect, sendFile, sendRedirect, ServerSentEvent, setCookie, sse, stream, text
} from '../../plugins/responses/index.ts'
import validation from '../../plugins/validation/index.ts'
import { bare } from '../helper.ts'

const Item = Type.Object({ name: Type.String(), price: Type.Number() }, { title: 'Item' })

async function make (t: Test): Promise<FastifyInstance> {
  const app = bare(t)
  await app.register(errors)
  await app.register(validation)
  await app.register(responseModel)
  await app.register(responses)
  return app
}

t.test('text and HTML go out with the type that the route declares, or that the handler has set', async t => {
  const app = await make(t)
  app.get('/text', { schema: { response: { 200: text() } } }, async () => 'a')
  app.get('/csv', { schema: { response: { 200: text('text/csv') } } }, () => 'a,b')
  app.get('/xml', { schema: { response: { 200: text('application/xml') } } }, () => '<a/>')
  app.get('/html', { schema: { response: { 200: html() } } }, async () => '<p>')
  app.get('/either', { schema: { response: { 200: html(), 404: Type.String() } } }, async ({ query }, reply) => {
    if ('none' in (query as object)) reply.code(404)
    return '<p>'
  })
  app.get('/own', { schema: { response: { 200: html() } } }, async (_request, reply) => {
    reply.type('application/xhtml+xml')
    return '<p/>'
  })
  app.get('/sent', { schema: { response: { 200: html() } } }, async (_request, reply) => reply.type('text/html').send('<i>'))

  const answers = await Promise.all(['text', 'csv', 'xml', 'html', 'either', 'either?none', 'own', 'sent'].map(url => app.inject(`/${url}`)))
  t.same(answers.map(({ headers, body }) => [headers['content-type'], body]), [
    ['text/plain; charset=utf-8', 'a'],
    ['text/csv; charset=utf-8', 'a,b'],
    ['application/xml', '<a/>'],
    ['text/html; charset=utf-8', '<p>'],
    ['text/html; charset=utf-8', '<p>'],
    ['application/json', '"<p>"'],
    ['application/xhtml+xml', '<p/>'],
    ['text/html', '<i>']
  ])
})

t.test('a status with one media type sends values by its model as that', async t => {
  const app = await make(t)
  const as = (contentType: string, schema: object) => ({ schema: { response: { 200: { content: { [contentType]: { schema } } } } } })
  app.get('/api', as('application/vnd.api+json', Item), async () => ({ name: 'pen', price: 1, secret: 1 }))
  app.get('/string', as('application/vnd.api+json', Type.String()), async () => 'pen')
  app.get('/odd', as('application/x-item', Item), async () => ({ name: 'pen', price: 1, secret: 1 }))
  app.get('/bytes', as('application/x-item', Item), async () => Buffer.from('pen'))
  app.get('/web', as('application/x-item', Item), async () => new Response('pen'))
  app.get('/null', as('application/x-item', Type.Null()), async () => null)
  app.get('/any', as('*/*', Type.Any()), async () => ({ a: 1 }))
  app.get('/two', { schema: { response: { 200: { content: { 'application/json': { schema: Item }, 'text/html': { schema: Type.Any() } } } } } },
    async () => ({ name: 'pen', price: 1, secret: 1 }))

  const answers = await Promise.all(['api', 'string', 'odd', 'bytes', 'web', 'null', 'any', 'two'].map(url => app.inject(`/${url}`)))
  t.same(answers.map(({ headers, body }) => [headers['content-type'], body]), [
    ['application/vnd.api+json', '{"name":"pen","price":1}'],
    ['application/vnd.api+json', '"pen"'],
    ['application/x-item', '{"name":"pen","price":1}'],
    ['application/x-item', 'pen'],
    ['text/plain;charset=UTF-8', 'pen'],
    ['application/x-item', 'null'],
    ['application/json', '{"a":1}'],
    ['application/json', '{"name":"pen","price":1}']
  ])
})

t.test('the one success that a route declares is its status', async t => {
  const app = await make(t)
  await app.register(dependencies)
  const accepted = dependency(({ reply }) => { reply.code(202) })
  app.post('/created', { schema: { response: { 201: Item, 404: Type.Any() } } }, async () => ({ name: 'pen', price: 1 }))
  app.delete('/gone', { schema: { response: { 204: Type.Null() } } }, async () => {})
  app.post('/reset', { schema: { response: { 205: Type.Any() } } }, async () => ({ a: 1 }))
  app.get('/moved', { schema: { response: { 308: redirect(), 404: Type.Any() } } }, async () => '/created')
  app.post('/ok', { schema: { response: { 200: Type.Any(), 201: Type.Any() } } }, async () => 1)
  app.post('/range', { schema: { response: { '2xx': Type.Any(), 201: Type.Any() } } }, async () => 1)
  app.post('/two', { schema: { response: { 201: Type.Any(), 202: Type.Any() } } }, async (_request, reply) => reply.code(reply.statusCode === 200 ? 202 : 201).send(1))
  app.post('/errors', { schema: { response: { '4xx': Type.Any() } } }, async (_request, reply) => reply.code(reply.statusCode === 200 ? 404 : 400).send(1))
  app.post('/none', { schema: { response: { 404: Type.Any(), default: Type.Any() } } }, async () => 1)
  app.post('/dependency', { schema: { response: { 201: Type.Any(), '4xx': Type.Any() } }, config: { depends: [accepted] } }, async (_request, reply) => reply.statusCode === 202 ? reply.code(201).send(1) : 0)
  app.post('/refused', { schema: { response: { 201: Type.Any() } } }, async () => { throw new NotFound() })

  const status = async (method: 'GET' | 'POST' | 'DELETE', url: string) => (await app.inject({ method, url })).statusCode
  t.equal(await status('POST', '/created'), 201)
  t.equal(await status('DELETE', '/gone'), 204)
  t.match(await app.inject({ method: 'POST', url: '/reset' }), { statusCode: 205, body: '', headers: { 'content-length': '0' } })
  t.equal(await status('GET', '/moved'), 308)
  for (const url of ['/ok', '/range', '/none']) t.equal(await status('POST', url), 200, url)
  t.equal(await status('POST', '/two'), 202)
  t.equal(await status('POST', '/errors'), 404)
  t.equal((await app.inject({ method: 'POST', url: '/dependency' })).body, '1')
  t.equal(await status('POST', '/refused'), 404)

  const alone = bare(t)
  await alone.register(responses)
  alone.post('/', { schema: { body: Type.Object({ a: Type.Integer() }), response: { 201: Type.Any() } } }, async () => { throw new Error('no') })
  t.equal((await alone.inject({ method: 'POST', url: '/', payload: { a: 1 } })).statusCode, 500, 'an error has its own, whoever answers it')
  t.equal((await alone.inject({ method: 'POST', url: '/', payload: {} })).statusCode, 400)
})

t.test('what a scope, or a dependency, declares for its routes is the model of such answers', async t => {
  const app = await make(t)
  await app.register(dependencies)
  const Message = Type.Object({ message: Type.String() }, { title: 'Message' })
  const limited = dependency({ errors: [{ status: 429, schema: Type.Object({ detail: Type.Object({ wait: Type.Integer() }) }) }] }, () => null)
  app.inherit({ responses: { 404: { description: 'Not found', content: { 'application/json': { schema: Message } } }, 403: { description: 'Not for you' }, '5XX': Message, 409: { description: 'Taken', content: { 'application/problem+json': { schema: Message } } } } })
  app.get('/:status', { schema: { response: { 200: Item } }, config: { depends: [limited] } }, async ({ params, query }, reply) => {
    const { status } = params as { status: string }
    // By the type of the reply there are only the statuses of the route itself.
    return (reply as FastifyReply).code(Number(status)).send({ message: 'm', detail: { wait: '3', secret: 1 }, secret: 1, ...query as object })
  })
  app.get('/open', async (_request, reply) => reply.code(404).send({ secret: 1 }))
  const get = async (url: string) => {
    const { headers, body } = await app.inject(url)
    return [headers['content-type'], body]
  }
  t.same(await get('/404'), ['application/json', '{"message":"m"}'])
  t.same(await get('/503'), ['application/json', '{"message":"m"}'])
  t.same(await get('/409'), ['application/problem+json', '{"message":"m"}'])
  t.same(await get('/429'), ['application/json', '{"detail":{"wait":3}}'])
  t.match(await get('/403'), ['application/json', /"secret":1/], 'what is only described is sent as it is')
  t.same(await get('/404?message=1&message=2'), ['application/json', '{"detail":"Internal Server Error"}'])
  t.same(await get('/418'), ['application/json', '{"detail":"Internal Server Error"}'], 'what nobody declares stays here')
  t.same(await get('/open'), ['application/json', '{"secret":1}'], 'a route without models has none')

  const wrong = await make(t)
  await wrong.register(dependencies)
  wrong.inherit({ responses: { 404: { description: 'Not found', content: { 'application/json': { schema: Type.Unsafe({ type: 'strange' }) } } }, default: Message } })
  wrong.get('/', { schema: { response: { 200: Item } } }, async () => null)
  await t.rejects(async () => { await wrong.ready() }, { code: 'APIKIT_ERR_ROUTES', message: /GET \/: .*strange/ })
})

t.test('redirects', async t => {
  const app = await make(t)
  app.get('/to', { schema: { querystring: Type.Object({ url: Type.String() }), response: { 307: redirect() } } }, async ({ query }) => (query as { url: string }).url)
  app.get('/url', { schema: { response: { 303: redirect() } } }, () => new URL('http://a.b/c d'))
  app.get('/any', async (_request, reply) => sendRedirect(reply, '/to'))
  app.get('/login', async (_request, reply) => sendRedirect(reply, '/to', 302))

  const go = async (url: string) => {
    const { statusCode, headers, body } = await app.inject(url)
    return [statusCode, headers.location, headers['content-type'], headers['content-length'], body]
  }
  t.same(await go('/any'), [307, '/to', undefined, '0', ''])
  t.same(await go('/login'), [302, '/to', undefined, '0', ''])
  t.same(await go('/url'), [303, 'http://a.b/c%20d', undefined, '0', ''])

  // What Starlette makes of them.
  for (const [url, location] of [
    ["/a?b=c&d[]=1#e!$'()*+,;:@~-._", "/a?b=c&d[]=1#e!$'()*+,;:@~-._"],
    ['/é/😀 "<>\\^`{|}', '/%C3%A9/%F0%9F%98%80%20%22%3C%3E%5C%5E%60%7B%7C%7D'],
    ['/100%25 %zz', '/100%25%20%zz'],
    ['/a\r\nset-cookie: b', '/a%0D%0Aset-cookie:%20b'],
    ['\ud800', '%EF%BF%BD']
  ] as const) {
    const reply = await app.inject({ url: '/to', query: { url } })
    if (url === '\ud800') t.equal(reply.headers.location, '%EF%BF%BD')
    else t.equal(reply.headers.location, location)
  }
})

t.test('files', async t => {
  const dir = t.testdir({ 'report.txt': '0123456789', 'page.html': '<p>', empty: '', folder: {}, '.hidden': 'h' })
  const app = await make(t)
  const path = join(dir, 'report.txt')
  app.get('/file', { schema: { response: { 200: file() } } }, async () => path)
  app.get('/typed', { schema: { response: { 200: file('application/pdf'), 404: Type.Any() } } }, async () => pathToFileURL(path))
  app.get('/named', { schema: { response: { 200: file() } } }, async ({ query }) => ({ path, ...query as Omit<FileAnswer, 'path'> }))
  app.get('/any/:name', async ({ params }, reply) => sendFile(reply.header('etag', 'W/"mine"'), join(dir, (params as { name: string }).name)))
  app.post('/file', { schema: { response: { 201: file() } } }, async () => path)

  t.test('say what they are and how old', async t => {
    const { statusCode, headers, body } = await app.inject('/file')
    t.same([statusCode, body], [200, '0123456789'])
    t.match(headers, { 'content-type': 'text/plain; charset=utf-8', 'content-length': '10', 'accept-ranges': 'bytes', etag: /^W\/".+"$/, 'last-modified': / GMT$/ })
    t.notOk('content-disposition' in headers)
    t.equal((await app.inject('/typed')).headers['content-type'], 'application/pdf')
    t.match((await app.inject('/any/page.html')).headers, { 'content-type': 'text/html; charset=utf-8', etag: 'W/"mine"' })
    t.equal((await app.inject('/any/.hidden')).headers['content-type'], 'application/octet-stream')
    t.equal((await app.inject({ method: 'POST', url: '/file' })).statusCode, 201)
    t.match(await app.inject('/any/empty'), { statusCode: 200, body: '', headers: { 'content-length': '0' } })
  })

  t.test('have the name that the client is to call them by', async t => {
    const named = async (query: Record<string, string>) => (await app.inject({ url: '/named', query })).headers
    t.match(await named({ filename: 'a.html' }), { 'content-disposition': 'attachment; filename="a.html"', 'content-type': 'text/html; charset=utf-8' })
    t.match(await named({ filename: "é (1)'.pdf" }), { 'content-disposition': "attachment; filename*=utf-8''%C3%A9%20%281%29%27.pdf", 'content-type': 'application/pdf' })
    t.match(await named({ filename: 'a"\r\nb', contentType: 'text/csv', disposition: 'inline' }),
      { 'content-disposition': "inline; filename*=utf-8''a%22%0D%0Ab", 'content-type': 'text/csv; charset=utf-8' })
  })

  t.test('are answered in part', async t => {
    const part = async (range: string, headers = {}) => app.inject({ url: '/named', query: { filename: 'a.txt' }, headers: { range, ...headers } })
    for (const [range, content, body] of [
      ['bytes=2-4', 'bytes 2-4/10', '234'], ['bytes=8-', 'bytes 8-9/10', '89'], ['bytes=-3', 'bytes 7-9/10', '789'], ['bytes=-30', 'bytes 0-9/10', '0123456789'],
      [' Bytes = 9-100', 'bytes 9-9/10', '9'], ['bytes=0-1,1-3', 'bytes 0-3/10', '0123'], ['bytes=x,5-5,-,a-b', 'bytes 5-5/10', '5']
    ] as const) {
      const { statusCode, headers, body: got } = await part(range)
      t.same([statusCode, headers['content-range'], got, headers['content-length']], [206, content, body, String(body.length)], range)
    }
    for (const [range, status, body, content] of [
      ['bytes=10-', 416, '', 'bytes */10'], ['bytes=-0', 416, '', 'bytes */10'], ['bytes', 400, 'Malformed range header.'], ['items=0-1', 400, 'Only support bytes range'],
      ['bytes=x', 400, 'Range header: range must be requested'], ['bytes=5-2', 400, 'Range header: start must be less than end'], ['bytes=5-4', 400, 'Range header: start must be less than end']
    ] as const) {
      const { statusCode, headers, body: got } = await part(range)
      t.same([statusCode, got, headers['content-range'], headers['content-type']], [status, body, content, 'text/plain; charset=utf-8'], range)
      t.notOk('content-disposition' in headers || 'etag' in headers || 'accept-ranges' in headers)
    }
    const { headers } = await app.inject('/file')
    t.equal((await part('bytes=0-1', { 'if-range': headers['last-modified'] })).statusCode, 206)
    t.equal((await part('bytes=0-1', { 'if-range': headers.etag })).statusCode, 200, 'a weak tag does not tell bytes')
  })

  t.test('are answered in several parts', async t => {
    const { statusCode, headers, body } = await app.inject({ url: '/file', headers: { range: 'bytes=7-8,0-1' } })
    const boundary = /^multipart\/byteranges; boundary=([0-9a-f]{26})$/.exec(String(headers['content-type']))?.[1]
    const head = `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes`
    t.same([statusCode, body], [206, `${head} 0-1/10\r\n\r\n01\r\n${head} 7-8/10\r\n\r\n78\r\n--${boundary}--`])
    t.equal(headers['content-length'], String(body.length))
  })

  t.test('are not sent to who has them, nor to a HEAD', async t => {
    const { headers } = await app.inject('/file')
    const many = (count: number) => `bytes=${Array.from({ length: count }, (_, index) => `${(index % 2) * 4}-${(index % 2) * 4}`).join()}`
    t.match(await app.inject({ url: '/file', headers: { range: many(100) } }), { statusCode: 206, headers: { 'content-type': /^multipart/ } })
    t.match(await app.inject({ url: '/file', headers: { range: many(101) } }), { statusCode: 200, headers: { 'content-length': '10', 'content-range': undefined } }, 'the whole of it in place of more than a hundred')

    const same = await app.inject({ url: '/file', headers: { 'if-none-match': headers.etag as string, range: 'bytes=0-1' } })
    t.same([same.statusCode, same.body, same.headers.etag, same.headers['content-type']], [304, '', headers.etag, undefined])
    t.equal((await app.inject({ url: '/file', headers: { 'if-match': '"other"' } })).statusCode, 412)
    const head = await app.inject({ method: 'HEAD', url: '/file' })
    t.same([head.statusCode, head.body, head.headers['content-length'], head.headers['content-type']], [200, '', '10', 'text/plain; charset=utf-8'])
    const part = await app.inject({ method: 'HEAD', url: '/file', headers: { range: 'bytes=0-3' } })
    t.same([part.statusCode, part.body, part.headers['content-length'], part.headers['content-range']], [206, '', '4', 'bytes 0-3/10'])
  })

  t.test('that are not there are our fault', async t => {
    for (const name of ['none', 'folder']) t.match((await app.inject(`/any/${name}`)), { statusCode: 500, body: '{"detail":"Internal Server Error"}' })
  })

  t.test('change', async t => {
    const before = (await app.inject('/file')).headers.etag
    writeFileSync(path, '01234567890')
    t.not((await app.inject('/file')).headers.etag, before)
  })
})

t.test('cookies', async t => {
  const app = await make(t)
  await app.register(cookie)
  const set = (url: string, act: (reply: Parameters<typeof setCookie>[0]) => void) => app.get(url, async (_request, reply) => {
    act(reply)
    return null
  })
  const values = ['plain', 'a b', 'é', 'a,b;c', '"q" \\', '', 'x\ny\x7f', '(x)=[y]/{z}?@<>']
  set('/all', reply => { for (const [index, value] of values.entries()) setCookie(reply, `c${index}`, value) })
  set('/attributes', reply => {
    setCookie(reply, 'k', 'v w', {
      domain: 'd.com', expires: new Date(0), httpOnly: true, maxAge: 10, partitioned: true, path: '/p', sameSite: 'strict', secure: true
    })
    setCookie(reply, 'bare', 'v', { path: null, sameSite: null })
    deleteCookie(reply, 'k', { path: '/p' })
    reply.setCookie('other', 'by @fastify/cookie')
  })
  app.get('/read', { schema: { cookies: Type.Object({}, { additionalProperties: true }) } }, async ({ cookieParams }) => Object.values(cookieParams as object))

  t.same((await app.inject('/all')).headers['set-cookie'], [
    'plain', '"a b"', '"\\351"', '"a\\054b\\073c"', '"\\"q\\" \\\\"', '""', '"x\\012y\\177"', '"(x)=[y]/{z}?@<>"'
  ].map((value, index) => `c${index}=${value}; Path=/; SameSite=lax`), 'as Starlette writes them')

  const [full, naked, gone, other] = (await app.inject('/attributes')).headers['set-cookie'] as string[]
  t.equal(full, 'k="v w"; Domain=d.com; expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=10; Partitioned; Path=/p; SameSite=strict; Secure')
  t.equal(naked, 'bare=v')
  t.match(gone, /^k=""; expires=.* GMT; Max-Age=0; Path=\/p; SameSite=lax$/)
  t.match(other, /^other=by%20/)

  const sent = ((await app.inject('/all')).headers['set-cookie'] as string[]).map(text => text.replace(/; Path.*/, '')).join('; ')
  t.same((await app.inject({ url: '/read', headers: { cookie: sent } })).json(), values, 'validation reads them back')

  for (const [name, value, options] of [
    ['a b', 'v', {}], ['', 'v', {}], ['a', '\u0142', {}], ['a', 'v', { path: '/;secure' }], ['a', 'v', { domain: 'a\r\nb' }], ['a', 'v', { maxAge: 0.5 }]
  ] as const) {
    t.throws(() => { setCookie({ header () {} } as never, name, value, options) }, { code: 'APIKIT_ERR_COOKIE' }, JSON.stringify([name, value, options]))
  }
})

t.test('the document', async t => {
  const app = await make(t)
  await app.register(docs)
  app.get('/redirect', { schema: { response: { 307: redirect() } } }, async () => '/')
  app.get('/file', { schema: { response: { 200: file('image/png') } } }, async () => '')
  app.get('/html', { schema: { response: { 200: { ...html(), description: 'A page' } } } }, async () => '')
  app.get('/bytes', { schema: { response: { 200: { ...stream(), description: 'Bytes', headers: { 'x-size': Type.Integer() } } } } }, async () => [])
  app.get('/lines', { schema: { response: { 200: jsonLines(Type.Integer()), 404: Type.Object({}) } } }, async () => [1])
  app.get('/untyped', { schema: { response: { 200: jsonLines() } } }, async () => [1])
  app.get('/any-events', { schema: { response: { 200: sse() } } }, async () => [])
  app.get('/events', { schema: { response: { 200: sse(Item) } } }, async function * () { yield new ServerSentEvent({ comment: 'c' }) })
  await app.ready()

  const { paths, components } = (await app.inject('/openapi.json')).json()
  const answers = (path: string) => paths[path].get.responses
  t.same(answers('/redirect'), { 307: { description: 'Successful Response' } })
  t.same(answers('/file'), { 200: { description: 'Successful Response', content: { 'image/png': { schema: { type: 'string' } } } } })
  t.same(answers('/html'), { 200: { description: 'A page', content: { 'text/html': { schema: { type: 'string' } } } } })
  t.same(answers('/bytes'), { 200: { description: 'Bytes', headers: { 'x-size': { schema: { type: 'integer' } } } } })
  t.same(answers('/lines')[200].content, { 'application/jsonl': { itemSchema: { type: 'integer', title: 'Streamitem Lines Get' } } })
  t.same(answers('/untyped')[200].content, { 'application/jsonl': { itemSchema: {} } })
  t.same(answers('/events')[200].content, {
    'text/event-stream': {
      itemSchema: {
        type: 'object',
        properties: {
          data: { type: 'string', contentMediaType: 'application/json', contentSchema: { $ref: '#/components/schemas/Item' } },
          event: { type: 'string' },
          id: { type: 'string' },
          retry: { type: 'integer', minimum: 0 }
        },
        required: ['data']
      }
    }
  })
  const { required, properties } = answers('/any-events')[200].content['text/event-stream'].itemSchema
  t.same([required, properties.data], [undefined, { type: 'string' }])
  t.same(Object.keys(components.schemas), ['Item'])
})

t.test('it works in the scope it is registered in, and below', async t => {
  const app = bare(t)
  const routes = async (scope: FastifyInstance) => {
    scope.get('/html', { schema: { response: { 201: html() } } }, async () => '<p>')
  }
  await app.register(async scope => {
    await scope.register(responses)
    await scope.register(routes, { prefix: '/below' })
  }, { prefix: '/in' })

  const below = await app.inject('/in/below/html')
  t.same([below.statusCode, below.headers['content-type']], [201, 'text/html; charset=utf-8'])

  const outside = bare(t)
  await outside.register(async scope => { await scope.register(responses) }, { prefix: '/in' })
  await outside.register(routes, { prefix: '/out' })
  await t.rejects(async () => { await outside.ready() }, { code: 'APIKIT_ERR_ROUTES', message: /^GET \/out\/html: a kind of response .* needs fastify-apikit\/responses, which is registered in another scope \(prefix "\/in"\)/ })
})

t.test('options that it does not know are refused', async t => {
  await t.rejects(async () => bare(t).register(responses, { ping: -1 }), { code: 'APIKIT_ERR_INVALID_OPTIONS' })
})
