// Compiled, never run.
import { jsonSchemaTransform } from '@fastify/type-provider-zod'
import Fastify from 'fastify'
import docs, { DocsOptions } from '../../plugins/docs/index.ts'

const app = Fastify()
app.register(docs)
app.register(docs, { title: 'T', docsUrl: null, tags: [{ name: 'a' }], contact: { email: 'a@b.co' } })
// @ts-expect-error -- there is no such option
app.register(docs, { tittle: 'T' })
// @ts-expect-error -- a URL is text or null
app.register(docs, { docsUrl: false })

export const options: DocsOptions = { swaggerUi: { tryItOutEnabled: true }, initOAuth: { clientId: 'x' } }
export const schema: unknown = DocsOptions.properties.title

// What @fastify/swagger reads of a route's schema is typed too.
app.get('/', { schema: { summary: 'S', tags: ['a'], hide: false, openapiExtra: { 'x-a': 1 } } }, async () => null)
// @ts-expect-error -- what goes over the operation is an object
app.get('/', { schema: { openapiExtra: 1 } }, async () => null)

app.post('/', {
  schema: { callbacks: { paid: { '{$request.body#/url}': { post: { summary: 'S', body: {}, response: { 200: {} } } } } } }
}, async () => null)
// @ts-expect-error -- there is no such method
app.post('/', { schema: { callbacks: { paid: { '/': { search: {} } } } } }, async () => null)

app.register(docs, {
  webhooks: { paid: { post: { tags: ['a'] } } },
  generateUniqueId: ({ tags: [tag = 'none'], name, method, path, schema: { summary } }) => [tag, name, method, path, summary].join(),
  transform ({ info, paths }) {
    info.title.toUpperCase()
    for (const operation of Object.values(paths['/'] ?? {})) operation.operationId.toUpperCase()
    info['x-a'] = 1
  }
})
// @ts-expect-error -- an id is text
app.register(docs, { generateUniqueId: () => 1 })
// @ts-expect-error -- the title is text
app.register(docs, { transform: ({ info }) => { info.title = 1 } })

app.register(docs, { transformSchema: jsonSchemaTransform })
// @ts-expect-error -- a schema comes back
app.register(docs, { transformSchema: () => 1 })

export const document: object = app.swagger()
