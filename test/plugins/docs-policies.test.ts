import { Validator } from '@seriousme/openapi-schema-validator'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import docs, { type DocsOptions, generateUniqueId } from '../../plugins/docs/index.ts'
import dependencies from '../../plugins/dependencies/index.ts'
import validation from '../../plugins/validation/index.ts'
import { Decimal } from '../../plugins/types/index.ts'
import { bare, build, standIn } from '../helper.ts'

const answer = async () => null
const Event = Type.Object({ paid: Type.Boolean() }, { title: 'Event' })
const Received = Type.Object({ ok: Type.Boolean() }, { title: 'Received' })
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

async function serve (t: Test, routes: (app: FastifyInstance) => unknown, options: DocsOptions = {}) {
  const app = bare(t)
  await app.register(validation)
  await app.register(docs, options)
  await routes(app)
  return app
}

async function documentOf (t: Test, routes: (app: FastifyInstance) => unknown, options: DocsOptions = {}) {
  const document = (await (await serve(t, routes, options)).inject('/openapi.json')).json()
  t.match(await new Validator().validate(document), { valid: true })
  return document
}

t.test('ids of operations', async t => {
  t.test('are made by the app, if it says how', async t => {
    const seen: unknown[] = []
    const { paths } = await documentOf(t, async app => {
      await app.register(dependencies)
      app.inherit({ tags: ['outer'] })
      app.get('/items/:id', { schema: { tags: ['own'] } }, async function readItem () {})
      app.post('/items', { schema: { operationId: 'mine' } }, answer)
      app.put('/items', { schema: { summary: 'Put them', openapiExtra: { operationId: 'extra' } } }, async () => null)
    }, {
      generateUniqueId ({ schema, ...operation }) {
        seen.push(operation)
        return `${operation.tags.join('-')}-${operation.name}`
      }
    })
    t.equal(paths['/items/{id}'].get.operationId, 'outer-own-read_item')
    t.equal(paths['/items'].post.operationId, 'mine')
    t.equal(paths['/items'].put.operationId, 'extra')
    t.same(seen[0], { name: 'read_item', method: 'get', path: '/items/{id}', tags: ['outer', 'own'] })
    t.equal(generateUniqueId({ name: 'läs_item', method: 'get', path: '/å-ö/{id}', tags: [], schema: {} }), 'läs_item_å_ö__id__get', 'letters stay, as in Python')
  })

  t.test('are unique, or the app does not start; all that are not are named', async t => {
    const app = await serve(t, app => {
      app.get('/a', { schema: { operationId: 'twice' } }, answer)
      app.get('/b', { schema: { operationId: 'twice' } }, answer)
      app.route({ method: ['GET', 'POST'], url: '/c', schema: { operationId: 'many' }, handler: answer })
      app.get('/hidden', { schema: { operationId: 'twice', hide: true } }, answer)
    })
    await t.rejects(async () => { await app.ready() }, {
      code: 'APIKIT_ERR_ROUTES',
      message: [
        'GET /b: the operationId "twice" of GET /b is also that of GET /a. Set another schema.operationId on one of them.',
        'GET,POST /c: the operationId "many" of POST /c is also that of GET /c. Set another schema.operationId on one of them.'
      ].join('\n')
    })
  })

  t.test('may be those of two versions of a route: one is documented', async t => {
    const { paths } = await documentOf(t, app => {
      app.get('/a', { constraints: { version: '1.0.0' }, schema: { operationId: 'read', summary: 'One' } }, answer)
      app.get('/a', { constraints: { version: '2.0.0' }, schema: { operationId: 'read', summary: 'Two' } }, answer)
    })
    t.equal(paths['/a'].get.summary, 'Two')
  })
})

t.test('a callback is an operation of a route that the app calls elsewhere', async t => {
  const { paths, components } = await documentOf(t, app => {
    app.post('/invoices', {
      schema: {
        callbacks: {
          invoicePaid: {
            '{$request.body#/url}/paid/{id}': {
              post: { params: Type.Object({ id: Type.Integer() }), body: Event, response: { 200: Received } },
              get: { summary: 'Ask', operationId: 'ask' }
            }
          }
        }
      }
    }, async function createInvoice () {})
  })
  const { post, get } = paths['/invoices'].post.callbacks.invoicePaid['{$request.body#/url}/paid/{id}']
  t.strictSame(post, {
    summary: 'Invoice Paid',
    operationId: 'invoice_paid__request_body__url__paid__id__post',
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer', title: 'Id' } }],
    requestBody: { content: { 'application/json': { schema: ref('Event') } }, required: true },
    responses: {
      200: { description: 'Successful Response', content: { 'application/json': { schema: ref('Received') } } },
      422: { description: 'Validation Error', content: { 'application/json': { schema: ref('HTTPValidationError') } } }
    }
  })
  t.match(get, { summary: 'Ask', operationId: 'ask' })
  t.notOk(get.responses[422])
  t.same(Object.keys(components.schemas), ['Event', 'HTTPValidationError', 'Received', 'ValidationError'])
})

t.test('webhooks stand behind the paths, and their models among all others', async t => {
  const document = await documentOf(t, app => { app.post('/events', { schema: { body: Event } }, answer) }, {
    webhooks: { 'new-subscription': { post: { description: '\n  Two\n  lines\n', body: Event } } }
  })
  t.same(Object.keys(document), ['openapi', 'info', 'paths', 'webhooks', 'components'])
  t.strictSame(document.webhooks['new-subscription'].post, {
    summary: 'New Subscription',
    description: 'Two\nlines',
    operationId: 'new_subscriptionnew_subscription_post',
    requestBody: { content: { 'application/json': { schema: ref('Event') } }, required: true },
    responses: {
      200: { description: 'Successful Response', content: { 'application/json': { schema: {} } } },
      422: { description: 'Validation Error', content: { 'application/json': { schema: ref('HTTPValidationError') } } }
    }
  })
  t.same(Object.keys(document.components.schemas), ['Event', 'HTTPValidationError', 'ValidationError'])

  const bareApp = bare(t)
  await bareApp.register(docs, { webhooks: { paid: { post: { body: Event } } } })
  t.same(Object.keys((await bareApp.inject('/openapi.json')).json().webhooks.paid.post.responses), ['200'], 'nobody answers 422 where nobody validates')
})

t.test('a description is shown without the indentation of its source, and ends at a form feed', async t => {
  const { paths } = await documentOf(t, app => {
    app.get('/', { schema: { description: '\n\tFirst\n\n\t\tcode\n\tlast\n\f\n\tfor readers of the source\n' } }, answer)
    app.get('/one', { schema: { description: ' One line ' } }, answer)
  })
  t.equal(paths['/'].get.description, 'First\n\n        code\nlast')
  t.equal(paths['/one'].get.description, 'One line')
})

t.test('a mounted scope is an app of its own', async t => {
  const app = await serve(t, async app => {
    app.get('/main', answer)
    await app.register(async sub => {
      await sub.register(docs, { mounted: true, rootPath: '/behind', webhooks: { a: { post: {} } } })
      sub.get('', { schema: { operationId: 'same' } }, answer)
      await sub.register(async inner => { inner.get('/inner', answer) }, { prefix: '/deeper' })
      await sub.register(async other => {
        await other.register(docs, { openapiUrl: '/part.json' })
        other.get('/other', answer)
      }, { prefix: '/part' })
    }, { prefix: '/sub' })
    app.get('/more', { schema: { operationId: 'same' } }, answer)
  })
  const outer = (await app.inject('/openapi.json')).json()
  t.same(Object.keys(outer.paths), ['/main', '/more'])
  t.notOk(outer.servers)
  const inner = (await app.inject('/sub/openapi.json')).json()
  t.same(Object.keys(inner.paths), ['/', '/deeper/inner', '/part/other'])
  t.same(inner.servers, [{ url: '/behind/sub' }])
  t.match((await app.inject('/sub/docs')).body, '/behind/sub/openapi.json')
  t.same(Object.keys((await app.inject('/sub/part/part.json')).json().paths), ['/sub/part/other'], 'a part that is not mounted has its prefix in its paths')

  await t.rejects(async () => { await bare(t).register(docs, { mounted: true }) }, { code: 'APIKIT_ERR_DOCS_MOUNT' })
})

t.test('the path of the proxy is no server when it is not to be one', async t => {
  t.notOk((await documentOf(t, () => {}, { rootPath: '/api', rootPathInServers: false })).servers)
})

t.test('what is read and what is written of a model can be one component', async t => {
  const Price = Type.Object({ amount: Decimal() }, { title: 'Price' })
  const Shown = Type.Object({ amount: Decimal(), label: Type.String({ readOnly: true }) }, { title: 'Shown' })
  const routes = (app: FastifyInstance) => {
    standIn(app, 'response-model')
    app.post('/', { schema: { body: Price, response: { 200: Price, 201: Shown } } }, answer)
  }
  const [two, one] = [await documentOf(t, routes), await documentOf(t, routes, { separateInputOutputSchemas: false })]
  t.same(Object.keys(two.components.schemas), ['HTTPValidationError', 'Price-Input', 'Price-Output', 'Shown', 'ValidationError'])
  t.same(Object.keys(one.components.schemas), ['HTTPValidationError', 'Price', 'Shown', 'ValidationError'])
  t.ok(one.components.schemas.Price.properties.amount.anyOf)
  t.notOk(one.components.schemas.Shown.properties.amount.anyOf, 'what has fields that are only written is written in its own form')
})

t.test('the document can be changed before it is served', async t => {
  t.test('once', async t => {
    let times = 0
    const app = await serve(t, app => { app.get('/', answer) }, {
      transform (document) {
        times++
        document.info['x-logo'] = { url: '/logo.png' }
      }
    })
    t.equal(times, 0, 'not before it is asked for')
    const [first, second] = [await app.inject('/openapi.json'), await app.inject('/openapi.json')]
    t.match(first.json(), { info: { 'x-logo': { url: '/logo.png' } }, paths: { '/': {} } })
    t.equal(first.body, second.body)
    t.match(app.swagger(), { info: { 'x-logo': {} } })
    t.equal(times, 1)
  })

  t.test('into another', async t => {
    const app = await serve(t, () => {}, { transform: ({ info }) => ({ openapi: '3.1.0', info, paths: {}, 'x-mine': null }) })
    t.same((await app.inject('/openapi.json')).json(), { openapi: '3.1.0', info: { title: 'Fastify', version: '0.1.0' }, paths: {}, 'x-mine': null })
  })

  t.test('and not into something else', async t => {
    for (const transform of [async () => ({}), () => 'text', () => ({})] as const) {
      const app = await serve(t, () => {}, { transform: transform as () => object })
      await app.ready()
      t.throws(() => { app.swagger() }, { code: 'APIKIT_ERR_DOCS_TRANSFORM' })
      const { statusCode, body } = await app.inject('/openapi.json')
      t.equal(statusCode, 500, body)
    }
  })
})

t.test('one setting hides the document and its pages', async t => {
  const app = await build(t, { env: { DOCS__OPENAPI_URL: '' }, settings: { underPressure: { maxEventLoopDelay: 0 } } })
  for (const url of ['/openapi.json', '/docs', '/redoc', '/docs/oauth2-redirect']) t.equal((await app.inject(url)).statusCode, 404, url)
})
