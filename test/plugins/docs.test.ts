import { Validator } from '@seriousme/openapi-schema-validator'
import { Type } from '@sinclair/typebox'
import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import dependencies from '../../plugins/dependencies/index.ts'
import docs, { docs as named, type DocsOptions } from '../../plugins/docs/index.ts'
import { contribute } from '../../plugins/core/plan/conductor.ts'
import validation from '../../plugins/validation/index.ts'
import { Decimal, Embed, Enum, File, Form, FormModels, Literal, Models, Nullable } from '../../plugins/types/index.ts'
import { bare, build, standIn } from '../helper.ts'

const answer = async () => null

/** Serves some routes with docs, and returns the document, which is valid. */
async function documentOf (t: Test, routes: (app: FastifyInstance) => unknown, options: DocsOptions = {}, server: FastifyServerOptions = {}) {
  // Ajv, which Fastify checks with where `validation` is not, knows none of our keywords.
  const app = bare(t, { ajv: { customOptions: { strict: false } }, ...server })
  standIn(app, 'validation', 'response-model', 'forms')
  await app.register(docs, options)
  await routes(app)
  const { statusCode, headers, body } = await app.inject(options.openapiUrl ?? '/openapi.json')
  t.match({ statusCode, type: headers['content-type'] }, { statusCode: 200, type: 'application/json' })
  t.match(await new Validator().validate(JSON.parse(body)), { valid: true })
  return JSON.parse(body)
}

t.equal(docs, named)

t.test('a route without a schema answers 200 with anything', async t => {
  t.strictSame(await documentOf(t, app => app.get('/', async () => null)), {
    openapi: '3.1.0',
    info: { title: 'Fastify', version: '0.1.0' },
    paths: {
      '/': {
        get: {
          summary: 'Get',
          operationId: 'get',
          responses: { 200: { description: 'Successful Response', content: { 'application/json': { schema: {} }, 'text/plain': { schema: { type: 'string' } } } } }
        }
      }
    }
  })
})

t.test('the options say what the document says of the whole, with links as the URL Standard writes them', async t => {
  const document = await documentOf(t, () => {}, {
    title: 'T',
    summary: 'S',
    description: 'D',
    version: '1',
    termsOfService: 'http://x.com',
    contact: { name: 'N', url: 'http://x.com', email: 'a@x.com' },
    license: { name: 'MIT', identifier: 'MIT' },
    servers: [{ url: 'https://s.com' }],
    rootPath: '/api',
    tags: [{ name: 'a', externalDocs: { url: 'http://x.com' } }, { name: 'b' }],
    externalDocs: { url: '/relative' },
    securitySchemes: { basic: { type: 'http', scheme: 'basic' } }
  })
  t.same(document, {
    openapi: '3.1.0',
    info: {
      title: 'T',
      summary: 'S',
      description: 'D',
      termsOfService: 'http://x.com',
      contact: { name: 'N', url: 'http://x.com/', email: 'a@x.com' },
      license: { name: 'MIT', identifier: 'MIT' },
      version: '1'
    },
    servers: [{ url: '/api' }, { url: 'https://s.com' }],
    paths: {},
    components: { securitySchemes: { basic: { type: 'http', scheme: 'basic' } } },
    tags: [{ name: 'a', externalDocs: { url: 'http://x.com/' } }, { name: 'b' }],
    externalDocs: { url: '/relative' }
  })
  t.same(Object.keys(document), ['openapi', 'info', 'servers', 'paths', 'components', 'tags', 'externalDocs'])
  t.same(Object.keys(document.info), ['title', 'summary', 'description', 'termsOfService', 'contact', 'license', 'version'])
  t.same((await documentOf(t, () => {}, { rootPath: '/api', servers: [{ url: '/api', description: 'd' }] })).servers, [{ url: '/api', description: 'd' }])
})

t.test('an operation is named after its handler, or its summary, or its method and path', async t => {
  const named: Array<[route: object, summary: string, operationId: string]> = [
    [{ url: '/items/:item_id', handler: async function readItem () {} }, 'Read Item', 'read_item_items__item_id__get'],
    [{ url: '/items/', handler: answer.bind(null) }, 'Answer', 'answer_items__get'],
    [{ url: '/summary', handler: answer, schema: { summary: 'My sum' } }, 'My sum', 'answer_summary_get'],
    [{ url: '/x', handler: async () => null, schema: { summary: 'Read the X' } }, 'Read the X', 'read_the_x_x_get'],
    [{ url: '/x/:id', handler: async () => null }, 'Get X Id', 'x__id__get'],
    [{ url: '/y', handler: async () => null, schema: { operationId: 'mine' } }, 'Get Y', 'mine']
  ]
  const { paths } = await documentOf(t, app => { for (const [route] of named) app.route({ method: 'GET', ...route } as never) })
  t.same(Object.values<{ get: object }>(paths).map(({ get }) => [Reflect.get(get, 'summary'), Reflect.get(get, 'operationId')]),
    named.map(([, ...names]) => names))
})

t.test('each method of a route is an operation; one that OpenAPI does not know is none', async t => {
  const body = Type.Object({ a: Type.String() })
  const { paths } = await documentOf(t, app => {
    app.addHttpMethod('SEARCH', { hasBody: true })
    app.route({ method: ['POST', 'OPTIONS', 'SEARCH'], url: '/many', schema: { body }, handler: answer })
  })
  t.same(Object.entries<{ operationId: string, requestBody?: object }>(paths['/many']).map(([method, { operationId, requestBody }]) => [method, operationId, requestBody !== undefined]), [
    ['post', 'answer_many_post', true], ['options', 'answer_many_options', false]
  ])
})

t.test('the HEAD that Fastify adds to a GET is not documented, one of the user’s is; a hidden route is not', async t => {
  const { paths } = await documentOf(t, app => {
    app.get('/a', answer)
    app.get('/hidden', { schema: { hide: true } }, answer)
    app.head('/b', answer)
    app.get('/c', { exposeHeadRoute: false }, answer)
    app.head('/c', answer)
    app.register(async child => { child.get('/', answer) }, { prefix: '/p' })
  })
  t.same(Object.entries(paths).map(([path, methods]) => [path, Object.keys(Object(methods))]),
    [['/a', ['get']], ['/b', ['head']], ['/c', ['get', 'head']], ['/p/', ['get']]])
})

t.test('a URL of Fastify’s is a path of the document', async t => {
  const urls: Array<[url: string, path: string, names: string[]]> = [
    ['/a/:id', '/a/{id}', ['id']],
    ['/b/:id(^\\d+$)/x', '/b/{id}/x', ['id']],
    ['/c/:hour(^(?:\\d\\)))h:minute.png', '/c/{hour}h{minute}.png', ['hour', 'minute']],
    ['/d/:from-:to', '/d/{from}-{to}', ['from', 'to']],
    ['/e/:id?', '/e/{id}', ['id']],
    ['/f/::id', '/f/:id', []],
    ['/g/*', '/g/{path}', ['path']],
    ['/h/:path/*', '/h/{path}/{wildcard}', ['path', 'wildcard']]
  ]
  const { paths } = await documentOf(t, app => { for (const [url] of urls) app.get(url, answer) })
  t.same(Object.entries<any>(paths).map(([path, { get }]) => [path, (get.parameters ?? []).map(({ name }: { name: string }) => name)]), urls.map(([, ...rest]) => rest))
  t.same(paths['/a/{id}'].get.parameters, [{ name: 'id', in: 'path', required: true, schema: { type: 'string', title: 'Id' } }])

  const wildcard = await documentOf(t, app => app.get('/files/*', {
    schema: { params: Type.Object({ file_path: Type.String({ alias: '*' }), unused: Type.String() }) }
  }, answer))
  t.same(wildcard.paths['/files/{file_path}'].get.parameters, [{ name: 'file_path', in: 'path', required: true, schema: { type: 'string', title: 'File Path' } }])
})

t.test('parameters come from the path, the query, the headers and the cookies', async t => {
  const { paths } = await documentOf(t, app => app.get('/:id', {
    schema: {
      cookies: Type.Object({ ads_id: Nullable(Type.String(), { default: null }) }),
      headers: Type.Object({ user_agent: Type.Optional(Type.String()), x_kept: Type.String({ convertUnderscores: false }), token: Type.String({ alias: 'X-Token' }) }),
      querystring: Type.Object({
        q: Nullable(Type.String({ maxLength: 5 }), { default: null, alias: 'item-query', title: 'Query string', description: 'd', deprecated: true, examples: ['a'] }),
        limit: Type.Integer({ default: 10, example: 5 }),
        tags: Type.Array(Type.String(), { openapiExamples: { one: { value: ['a'] } } }),
        hidden: Type.String({ hide: true })
      }),
      params: Type.Object({ id: Type.Integer({ description: 'of the item' }) })
    }
  }, answer))
  t.strictSame(paths['/{id}'].get.parameters, [
    { name: 'id', in: 'path', required: true, schema: { description: 'of the item', type: 'integer', title: 'Id' }, description: 'of the item' },
    {
      name: 'item-query',
      in: 'query',
      required: false,
      schema: { title: 'Query string', description: 'd', deprecated: true, examples: ['a'], anyOf: [{ maxLength: 5, type: 'string' }, { type: 'null' }] },
      description: 'd',
      deprecated: true
    },
    { name: 'limit', in: 'query', required: false, schema: { default: 10, type: 'integer', title: 'Limit' }, example: 5 },
    { name: 'tags', in: 'query', required: true, schema: { type: 'array', items: { type: 'string' }, title: 'Tags' }, examples: { one: { value: ['a'] } } },
    { name: 'user-agent', in: 'header', required: false, schema: { type: 'string', title: 'User-Agent' } },
    { name: 'x_kept', in: 'header', required: true, schema: { type: 'string', title: 'X Kept' } },
    { name: 'X-Token', in: 'header', required: true, schema: { type: 'string', title: 'X-Token' } },
    { name: 'ads_id', in: 'cookie', required: false, schema: { anyOf: [{ type: 'string' }, { type: 'null' }], title: 'Ads Id' } }
  ])
})

t.test('a model of parameters is taken apart; it is no component', async t => {
  const Paging = { $id: 'Paging', type: 'object', properties: { skip: { type: 'integer' } }, required: ['skip'] }
  const document = await documentOf(t, app => {
    app.addSchema(Paging)
    app.get('/', {
      schema: {
        querystring: { allOf: [{ $ref: 'Paging#' }, { type: 'object', properties: { limit: { type: 'integer' } } }] },
        headers: Type.Object({ save_data: Type.Boolean() }, { title: 'CommonHeaders' })
      }
    }, answer)
  })
  t.same(document.paths['/'].get.parameters, [
    { name: 'skip', in: 'query', required: true, schema: { type: 'integer', title: 'Skip' } },
    { name: 'limit', in: 'query', required: false, schema: { type: 'integer', title: 'Limit' } },
    { name: 'save-data', in: 'header', required: true, schema: { type: 'boolean', title: 'Save Data' } }
  ])
  t.notOk(document.components)
})

t.test('what dependencies read, and what they ask for, is documented with the route', async t => {
  const document = await documentOf(t, app => {
    contribute(app, 'dependencies', plan => {
      plan.tags.push('outer')
      plan.security.push({ bearer: ['me'] }, { bearer: ['me', 'items'] }, { key: [] }, { key: [], bearer: [] })
      plan.securitySchemes.set('bearer', { type: 'http', scheme: 'bearer' }).set('key', { type: 'apiKey', in: 'header', name: 'x-key' })
      plan.inherited.push({
        from: 'a',
        inputs: {
          querystring: { ...Type.Object({ a: Type.Integer(), b: Type.String({ default: 'x' }), c: Type.String({ default: 'y' }) }) },
          headers: { ...Type.Object({ z: Type.String() }) },
          body: { ...Embed({ user: Type.String(), importance: Type.Optional(Type.Integer()) }) }
        }
      })
      plan.responses.set('401', { description: 'No', contentType: 'application/json', schema: Type.Object({ detail: Type.String() }, { title: 'No' }) })
      plan.responses.set('5xx', { description: 'Only described', contentType: 'application/json', schema: undefined })
      plan.responses.set('404', { description: 'Not declared', contentType: 'application/json', schema: Type.Object({}) })
    })
    app.post('/', {
      schema: {
        tags: ['own'],
        security: [{ basic: [] }],
        querystring: Type.Object({ c: Type.String(), b: Type.String({ default: 'z' }) }),
        body: Embed({ item: Type.String() }),
        response: { 404: { description: 'Declared' } }
      }
    }, answer)
  }, { securitySchemes: { basic: { type: 'http', scheme: 'basic' } } })

  const { post } = document.paths['/']
  t.same(Object.keys(post), ['tags', 'summary', 'operationId', 'security', 'parameters', 'requestBody', 'responses'])
  t.same(post.tags, ['outer', 'own'])
  t.same(post.security, [{ bearer: ['me', 'items'] }, { key: [] }, { key: [], bearer: [] }, { basic: [] }])
  t.same(document.components.securitySchemes, {
    basic: { type: 'http', scheme: 'basic' }, bearer: { type: 'http', scheme: 'bearer' }, key: { type: 'apiKey', in: 'header', name: 'x-key' }
  })
  // Of two with one name that which is required counts, else the last; it stands where the first stood.
  t.same(post.parameters.map(({ name, in: place, required, schema }: any) => [place, name, required, schema.default]), [
    ['query', 'c', true, undefined], ['query', 'b', false, 'x'], ['query', 'a', true, undefined], ['header', 'z', true, undefined]
  ])
  t.same(post.requestBody, { content: { 'application/json': { schema: { $ref: '#/components/schemas/Body_answer__post' } } }, required: true })
  t.match(document.components.schemas.Body_answer__post, { required: ['item', 'user'], properties: { item: {}, user: {}, importance: {} } })
  t.same(post.responses, {
    200: { description: 'Successful Response', content: { 'application/json': { schema: {} }, 'text/plain': { schema: { type: 'string' } } } },
    401: { description: 'No', content: { 'application/json': { schema: { $ref: '#/components/schemas/No' } } } },
    404: { description: 'Declared' },
    '5XX': { description: 'Only described' }
  })
})

t.test('a body', async t => {
  const Item = Type.Object({ name: Type.String() }, { title: 'Item' })
  const User = Type.Object({ name: Type.String() }, { title: 'User' })
  const ref = { $ref: '#/components/schemas/Item' }
  const json = (schema: object, more: object = {}) => ({ content: { 'application/json': { schema, ...more } } })
  const cases: Array<[name: string, schema: object, expected: object]> = [
    ['is required', { body: Item }, { ...json(ref), required: true }],
    ['is optional with a default', { body: Nullable(Item, { default: null, title: 'The item' }) }, json({ anyOf: [ref, { type: 'null' }], title: 'The item' })],
    ['is optional when it says so', { body: Type.Optional(Type.Array(Item)) }, json({ type: 'array', items: ref, title: 'Body' })],
    ['has examples beside its component', { body: { ...Item, examples: [{ name: 'a', gone: null }] } }, { ...json({ ...ref, examples: [{ name: 'a' }] }), required: true }],
    ['has named examples', { body: { ...Item, openapiExamples: { a: { value: 1 } } } }, { ...json(ref, { examples: { a: { value: 1 } } }), required: true }],
    ['has one example', { body: { ...Item, example: { name: 'a' } } }, { ...json(ref, { example: { name: 'a' } }), required: true }],
    ['is of the types it is consumed in', { consumes: ['a/b', 'c/d'], body: Item }, { content: { 'a/b': { schema: ref }, 'c/d': { schema: ref } }, required: true }],
    ['is of the types in its schema', { body: { content: { 'a/b': { schema: Item }, 'c/d': { schema: { type: 'string' } } } } },
      { content: { 'a/b': { schema: ref }, 'c/d': { schema: { type: 'string', title: 'Body' } } }, required: true }]
  ]
  for (const [name, schema, expected] of cases) {
    const { paths } = await documentOf(t, async app => {
      await app.register(validation)
      app.post('/', { schema }, answer)
    })
    t.strictSame(paths['/'].post.requestBody, expected, name)
    t.ok(paths['/'].post.responses[422])
  }

  t.test('of several parameters is named after the operation; it is required when one of them is', async t => {
    const document = await documentOf(t, async app => {
      await app.register(validation)
      app.put('/all', { schema: { body: Embed({ item: { ...Item, openapiExamples: {} }, user: Nullable(User, { default: null }), n: Type.Integer({ alias: 'number' }) }) } }, answer)
      app.put('/none', { schema: { body: Embed({ item: Nullable(Item, { default: null }) }, { title: 'Ignored' }) } }, answer)
    })
    t.same(document.paths['/all'].put.requestBody, { content: { 'application/json': { schema: { $ref: '#/components/schemas/Body_answer_all_put' } } }, required: true })
    t.same(document.paths['/none'].put.requestBody, { content: { 'application/json': { schema: { $ref: '#/components/schemas/Body_answer_none_put' } } } })
    t.strictSame(document.components.schemas.Body_answer_all_put, {
      properties: {
        item: ref,
        user: { anyOf: [{ $ref: '#/components/schemas/User' }, { type: 'null' }] },
        number: { type: 'integer', title: 'Number' }
      },
      type: 'object',
      required: ['item', 'number'],
      title: 'Body_answer_all_put'
    })
    t.same(Object.keys(document.components.schemas), ['Body_answer_all_put', 'Body_answer_none_put', 'HTTPValidationError', 'Item', 'User', 'ValidationError'])
  })

  t.test('that the route and a dependency read, each for itself, is both', async t => {
    const { paths } = await documentOf(t, app => {
      contribute(app, 'dependencies', plan => { plan.inherited.push({ from: 'a', inputs: { body: { ...Type.Optional(User) } } }) })
      app.post('/', { schema: { body: Item } }, answer)
      app.put('/', answer)
    })
    t.same(paths['/'].post.requestBody, { ...json({ allOf: [ref, { $ref: '#/components/schemas/User' }] }), required: true })
    t.same(paths['/'].put.requestBody, json({ $ref: '#/components/schemas/User' }))
  })
})

t.test('answers', async t => {
  const Item = Type.Object({ name: Type.String() }, { title: 'Item', description: 'An item' })
  const ref = { $ref: '#/components/schemas/Item' }
  const responsesOf = async (schema: object) => (await documentOf(t, app => app.get('/', { schema }, answer))).paths['/'].get.responses

  t.test('have the phrase of their status, and their own description', async t => {
    t.strictSame(await responsesOf({
      response: { 201: Item, 404: { ...Item, description: 'No item' }, '4xx': Type.Array(Item), default: Type.Unknown(), 599: Type.String({ description: 'Odd' }), 598: Type.String() }
    }), {
      201: { description: 'Successful Response', content: { 'application/json': { schema: ref } } },
      404: { description: 'No item', content: { 'application/json': { schema: ref } } },
      598: { description: 'Additional Response', content: { 'application/json': { schema: { type: 'string', title: 'Response 598 Answer  Get' } } } },
      599: { description: 'Odd', content: { 'application/json': { schema: { type: 'string', title: 'Response 599 Answer  Get' } } } },
      '4XX': { description: 'Client Error', content: { 'application/json': { schema: { type: 'array', items: ref, title: 'Response 4Xx Answer  Get' } } } },
      default: { description: 'Default Response', content: { 'application/json': { schema: {} } } }
    })
  })

  t.test('without a body have no content, nor have those that are only described', async t => {
    t.strictSame(await responsesOf({ response: { 204: Type.Null({ description: 'Gone' }), 307: Type.Null(), 404: { description: 'Not here', headers: { 'x-a': { type: 'string', description: 'why' } } } } }), {
      204: { description: 'Gone' },
      307: { description: 'Temporary Redirect' },
      404: { description: 'Not here', headers: { 'x-a': { description: 'why', schema: { type: 'string' } } } }
    })
  })

  t.test('have content types and headers', async t => {
    t.strictSame(await responsesOf({
      produces: ['text/html'],
      response: {
        200: Type.String(),
        201: { ...Item, headers: { 'x-a': { schema: { type: 'string' } }, 'x-b': { type: 'integer' } } },
        202: { description: 'D', content: { 'a/b': { schema: Item, example: { name: 'a' } }, 'application/json': { schema: { type: 'string' } } } }
      }
    }), {
      200: { description: 'Successful Response', content: { 'text/html': { schema: { type: 'string' } } } },
      201: { description: 'Created', headers: { 'x-a': { schema: { type: 'string' } }, 'x-b': { schema: { type: 'integer' } } }, content: { 'text/html': { schema: ref } } },
      202: { description: 'D', content: { 'a/b': { schema: ref, example: { name: 'a' } }, 'application/json': { schema: { type: 'string', title: 'Response 202 Answer  Get' } } } }
    })
  })

  t.test('leave 422 out where 422, 4XX or default is declared', async t => {
    const params = Type.Object({ id: Type.Integer() })
    const { paths } = await documentOf(t, async app => {
      await app.register(validation)
      app.get('/0/:id', { schema: { params, response: { 200: Item } } }, answer)
      app.get('/1/:id', { schema: { params, response: { 422: { description: 'Mine' } } } }, answer)
      app.get('/2/:id', { schema: { params, response: { '4xx': Item } } }, answer)
      app.get('/3/:id', { schema: { params, response: { default: Item } } }, answer)
      app.get('/4', { schema: { response: { 200: Item } } }, answer)
    })
    t.same(Object.values<any>(paths).map(({ get }) => get.responses[422]?.description), ['Validation Error', 'Mine', undefined, undefined, undefined])
  })
})

t.test('what a route says of itself goes over all else', async t => {
  const { paths } = await documentOf(t, app => app.get('/', {
    schema: {
      description: 'D',
      deprecated: true,
      externalDocs: { url: 'https://x.com' },
      tags: ['a'],
      openapiExtra: { 'x-a': 1, tags: ['b'], responses: { 200: { description: 'Mine' } }, deprecated: false }
    }
  }, answer))
  t.match(paths['/'].get, {
    description: 'D', deprecated: false, externalDocs: { url: 'https://x.com' }, 'x-a': 1, tags: ['a', 'b'], responses: { 200: { description: 'Mine', content: {} } }
  })
})

t.test('the document is made once, by app.swagger() too, and has the routes of its scope only', async t => {
  const app = bare(t)
  app.get('/beside', answer)
  await app.register(async child => {
    standIn(child, 'validation')
    await child.register(docs)
    child.post('/below', { schema: { body: Type.Object({ a: Decimal() }) } }, answer)
    await child.register(async inner => {
      await inner.register(docs)
      inner.get('/inner', answer)
    }, { prefix: '/inner' })
  }, { prefix: '/child' })
  const [outer, inner] = await Promise.all([app.inject('/child/openapi.json'), app.inject('/child/inner/openapi.json')])
  t.same(Object.keys(outer.json().paths), ['/child/below', '/child/inner/inner'])
  t.same(Object.keys(inner.json().paths), ['/child/inner/inner'])
  t.equal((await app.inject('/openapi.json')).statusCode, 404)
  t.equal((await app.inject('/child/openapi.json')).body, outer.body)

  const single = bare(t)
  await single.register(docs, { openapiUrl: null })
  single.get('/', answer)
  await single.ready()
  t.same(Object.keys(Object(single.swagger().paths)), ['/'])
  t.equal(single.swagger(), single.swagger())
})

t.test('registration fails', async t => {
  t.test('where there is a document already', async t => {
    const app = bare(t)
    await app.register(swagger)
    await t.rejects(async () => { await app.register(docs) }, { code: 'APIKIT_ERR_DOCS_TAKEN' })
  })

  t.test('with options that are wrong, all of which it names', async t => {
    const app = bare(t)
    await t.rejects(async () => { await app.register(docs, { docsUrl: 'docs', tittle: 'x' } as DocsOptions) }, { message: /options\/docsUrl.*|options\/tittle/ })
  })
})

t.test('the reference app documents itself', async t => {
  const app = await build(t, { settings: { docs: { title: 'Reference' }, underPressure: { maxEventLoopDelay: 0 } } })
  const document = (await app.inject('/openapi.json')).json()
  t.equal(document.info.title, 'Reference')
  t.ok(document.paths['/request/items/'].post)
})

t.test('several models are parameters by their fields', async t => {
  const Page = Type.Object({ limit: Type.Integer({ default: 10 }), offset: Type.Integer() }, { title: 'Page' })
  const document = await documentOf(t, app => app.get('/', {
    schema: { querystring: Models({ page: Page, more: Nullable(Type.Object({ start: Type.String() }, { title: 'More' }), { default: null }), limit: Type.String({ title: 'Own' }) }) }
  }, answer))
  t.same(document.paths['/'].get.parameters.map(({ name, required, schema }: { name: string, required: boolean, schema: { title: string, type: string } }) => [name, required, schema.title, schema.type]), [
    ['limit', true, 'Own', 'string'], ['offset', true, 'Offset', 'integer'], ['start', false, 'Start', 'string']
  ])
})

// As FastAPI 0.165 documents `m: Annotated[Filter, Query()], b: int = 1, price: int | None = None`.
t.test('of a parameter of a model and a single one with its name, the required one is documented', async t => {
  const Filter = Type.Object({ b: Type.Boolean(), price: Type.Number({ default: 3 }) }, { title: 'Filter' })
  const document = await documentOf(t, app => app.get('/', {
    schema: { querystring: Models({ m: Filter, b: Type.Integer({ default: 1 }), price: Nullable(Type.Integer(), { default: null }) }) }
  }, answer))
  t.strictSame(document.paths['/'].get.parameters, [
    { name: 'b', in: 'query', required: true, schema: { type: 'boolean', title: 'B' } },
    { name: 'price', in: 'query', required: false, schema: { anyOf: [{ type: 'integer' }, { type: 'null' }], title: 'Price' } }
  ])
})

t.test('beside a model in a form, fields are titled by their names, enums too', async t => {
  const Size = Enum(['s', 'm'], { title: 'Size' })
  const document = await documentOf(t, app => app.post('/', { schema: { body: FormModels({ model: Type.Object({ n: Type.Integer() }, { title: 'M' }), own: Size, other: { ...Size, default: 'm' }, aliased: Type.String({ alias: 'al' }), titled: Type.String({ title: 'T' }) }) } }, answer))
  const { properties } = document.components.schemas.Body_answer__post
  const $ref = '#/components/schemas/Size'
  t.strictSame(properties, { own: { $ref, title: 'Own' }, other: { $ref, title: 'Other', default: 'm' }, al: { type: 'string', title: 'Aliased' }, titled: { type: 'string', title: 'T' } })
})

t.test('allowInfNan is no keyword of the document', async t => {
  const document = await documentOf(t, app => app.get('/', { schema: { querystring: Type.Object({ x: Type.Number({ allowInfNan: false }) }) } }, answer))
  t.strictSame(document.paths['/'].get.parameters[0].schema, { type: 'number', title: 'X' })
})

t.test('a form of models has all of them', async t => {
  const A = Type.Object({ kind: Literal(['a']), x: Type.Integer() }, { title: 'A' })
  const B = Type.Object({ kind: Literal(['b']), y: Type.Integer() }, { title: 'B' })
  const document = await documentOf(t, app => {
    app.post('/all', { schema: { body: FormModels({ a: A, one: Type.Union([A, B], { discriminator: { propertyName: 'kind' } }), may: Nullable(B, { default: null }), must: Nullable(A, { title: 'Must' }), n: Type.Integer() }) } }, answer)
    app.post('/none', { schema: { body: Nullable(Form(A.properties, { title: 'A' }), { default: null }) } }, answer)
    app.post('/either', { schema: { body: FormModels({ may: Type.Union([A, B, Type.Null()], { default: null }) }) } }, answer)
    app.post('/file', { schema: { body: FormModels({ a: A, f: File() }) } }, answer)
  })
  const { schemas } = document.components
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
  const isSent = (...names: string[]) => ({ anyOf: names.map(name => ({ required: [name] })) })
  t.strictSame(schemas.Body_answer_all_post, {
    allOf: [
      ref('A'),
      { oneOf: [ref('A'), ref('B')], discriminator: { mapping: { a: ref('A').$ref, b: ref('B').$ref }, propertyName: 'kind' }, title: 'One' },
      { anyOf: [{ not: isSent('kind', 'y') }, { anyOf: [ref('B')], title: 'May' }] },
      { not: { not: isSent('kind', 'x') } },
      { anyOf: [ref('A')], title: 'Must' }
    ],
    properties: { n: { type: 'integer', title: 'N' } },
    type: 'object',
    required: ['n'],
    title: 'Body_answer_all_post'
  })
  t.match(schemas.Body_answer_either_post, { allOf: [{ anyOf: [{}, { anyOf: [{ anyOf: [ref('A'), ref('B')] }], title: 'May' }] }], properties: undefined, required: undefined })
  t.match(['/all', '/none', '/either'].map(path => document.paths[path].post.requestBody.required), [true, undefined, undefined])
  t.same(Object.keys(document.paths['/file'].post.requestBody.content), ['multipart/form-data'])
})

t.test('what a body is made of stands where it belongs', async t => {
  const Item = Type.Object({ n: Type.Integer() }, { title: 'Item' })
  const document = await documentOf(t, app => {
    app.post('/embedded', { schema: { body: { content: { 'application/x-own': { schema: Embed({ item: Item }) } } } } }, answer)
    app.get('/:id/:hidden', { schema: { params: Type.Object({ id: Type.Integer({ alias: ['other', 'id'] }), hidden: Type.String({ hide: true }) }), response: { 200: Type.Object({ out: Type.String({ alias: ['a', 'b'] }) }) } } }, answer)
  })
  t.same(document.paths['/embedded'].post.requestBody.content['application/x-own'].schema, { $ref: '#/components/schemas/Body_answer_embedded_post' })
  const { parameters, responses } = document.paths['/{id}/{hidden}'].get
  t.same(parameters.map(({ name }: { name: string }) => name), ['id'])
  t.same(Object.keys(responses[200].content['application/json'].schema.properties), ['out'], 'what has several names is written under its own')
})

t.test('one body that is read twice is one, and two are both', async t => {
  const Item = Type.Object({ n: Type.Integer() }, { title: 'Item' })
  const Other = Type.Object({ m: Type.Integer() }, { title: 'Other' })
  const read = (body: object) => ({ from: 'dependency "d"', inputs: { body: body as never } })
  const document = await documentOf(t, app => {
    contribute(app, 'dependencies', plan => { plan.inherited.push(read(plan.route.url === '/same' ? Item : Other)) })
    for (const url of ['/same', '/both']) app.post(url, { schema: { body: Item } }, answer)
  })
  const schemaOf = (path: string) => document.paths[path].post.requestBody.content['application/json'].schema
  t.same(schemaOf('/same'), { $ref: '#/components/schemas/Item' })
  t.same(schemaOf('/both'), { allOf: [{ $ref: '#/components/schemas/Item' }, { $ref: '#/components/schemas/Other' }] })
})

t.test('what a scope declares stands in the document as if the route had declared it', async t => {
  const app = bare(t)
  await app.register(docs)
  await app.register(dependencies)
  const Problem = Type.Object({ title: Type.String() }, { title: 'Problem' })
  app.inherit({
    responses: {
      '4XX': { content: { 'application/problem+json': { schema: Problem } } },
      404: { description: 'Gone', headers: { 'x-a': { schema: Type.Integer() } }, content: { 'application/json': { schema: Type.Integer() } } },
      410: { headers: { 'x-b': { schema: Type.Integer() } } }
    }
  })
  app.get('/', answer)
  const { responses } = (await app.inject('/openapi.json')).json().paths['/'].get
  t.match(responses, {
    '4XX': { description: 'Client Error', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    404: { description: 'Gone', headers: { 'x-a': { schema: { type: 'integer' } } }, content: { 'application/json': { schema: { type: 'integer' } } } },
    410: { headers: { 'x-b': { schema: { type: 'integer' } } } }
  })
})

t.test('QUERY is documented without its body, as in FastAPI', async t => {
  const app = bare(t)
  standIn(app, 'validation')
  await app.register(docs)
  app.setValidatorCompiler(() => () => true)
  app.route({ method: 'QUERY', url: '/', schema: { body: Type.Integer() }, handler: answer })
  const { query } = (await app.inject('/openapi.json')).json().paths['/']
  t.match(query, { operationId: 'query', requestBody: undefined })
})

t.test('below an app with a rootPath, a mounted document has that in front', async t => {
  const app = bare(t)
  await app.register(docs, { rootPath: '/pfx' })
  await app.register(async child => {
    await child.register(docs, { mounted: true })
    child.get('/x', answer)
  }, { prefix: '/v1' })
  t.same((await app.inject('/v1/openapi.json')).json().servers, [{ url: '/pfx/v1' }])
})

t.test('a route that declares only errors is documented with its success, unless that is never answered', async t => {
  const { paths } = await documentOf(t, app => {
    app.get('/kept', { schema: { response: { 404: { description: 'Missing' } } } }, answer)
    app.get('/never', { schema: { response: { 200: Type.Never(), 404: { description: 'Missing' } } } }, answer)
  })
  t.same(Object.keys(paths['/kept'].get.responses), ['200', '404'])
  t.same(Object.keys(paths['/never'].get.responses), ['404'])
})

t.test('a union of unions is told apart by the name of their field', async t => {
  const member = (kind: string) => Type.Object({ kind: Type.Literal(kind) }, { title: kind })
  const nested = (...kinds: readonly string[]) => Type.Union(kinds.map(member))
  const { paths } = await documentOf(t, app => {
    app.post('/', { schema: { body: Type.Union([nested('Cat', 'Dog'), nested('Bee', 'Ant')], { discriminator: { propertyName: 'kind' } }) } }, answer)
  })
  t.match(paths['/'].post.requestBody.content['application/json'].schema.discriminator, { propertyName: 'kind', mapping: { Cat: '#/components/schemas/Cat', Ant: '#/components/schemas/Ant' } })
})
