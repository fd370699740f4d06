// Compiled, never run.
import Fastify from 'fastify'
import cors from '../../plugins/cors/index.ts'
import httpsRedirect from '../../plugins/https-redirect/index.ts'
import staticFiles from '../../plugins/static/index.ts'
import templates from '../../plugins/templates/index.ts'
import trustedHost from '../../plugins/trusted-host/index.ts'

const app = Fastify()
app.register(cors, { allowOrigins: ['https://example.com'], maxAge: 5 })
// @ts-expect-error -- @fastify/cors calls it so
app.register(cors, { origin: '*' })
app.register(trustedHost, { allowedHosts: ['example.com'] })
// @ts-expect-error -- a list
app.register(trustedHost, { allowedHosts: 'example.com' })
app.register(httpsRedirect)
app.register(httpsRedirect, { host: 'example.com' })
app.register(staticFiles, { root: 'public', frontend: true, fallback: 'index.html' })
// @ts-expect-error -- the folder has no default
app.register(staticFiles, { prefix: '/static' })
// @ts-expect-error -- a file of any other name is no fallback
app.register(staticFiles, { root: 'public', frontend: true, fallback: 'home.html' })
app.register(templates, { root: 'templates', filters: { euro: (value: number) => `${value} €` } })
// @ts-expect-error -- the folder has no default
app.register(templates, {})

app.get('/', { config: { name: 'home' } }, async (request, reply) => {
  const url: string = request.urlFor('item', { id: 1 })
  reply.locals.user = url
  // @ts-expect-error -- a template is a name
  await reply.viewAsync({ raw: url })
  return await reply.view('home.html', { url })
})
// @ts-expect-error -- a name is a text
app.get('/other', { config: { name: 1 } }, async () => null)
