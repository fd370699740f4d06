import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { html, text } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

const json = (contentType: string) => ({ content: { [contentType]: { schema: {} } } })
const orjson = json('application/x-orjson')
const overridden = json('application/x-override')

/** What the routes of a router answer with: FastAPI's `default_response_class`. */
type Kind = object

function routes (app: FastifyInstance, said: string, own: Kind, override: Kind): void {
  const value = (kind: Kind) => kind === orjson || kind === overridden ? { msg: said } : said
  app.get('/', { prefixTrailingSlash: 'slash', schema: { response: { 200: own } } }, async () => value(own))
  app.get('/override', { schema: { response: { 200: override } } }, async () => value(override))
}

const router = (said: string, own: Kind, override: Kind, below: Readonly<Record<string, FastifyPluginAsync>> = {}): FastifyPluginAsync => async app => {
  routes(app, said, own, override)
  for (const [prefix, plugin] of Object.entries(below)) await app.register(plugin, { prefix })
}

export default parityApp(async app => {
  routes(app, 'Hello World', orjson, text())
  await app.register(router('Hello A', orjson, text(), {
    '/a': router('Hello A A', orjson, text()),
    '/b': router('Hello A B', text(), html())
  }), { prefix: '/a' })
  await app.register(router('Hello B', text(), html(), {
    '/a': router('Hello B A', text(), html(), { '/c': router('Hello B A C', html(), overridden) })
  }), { prefix: '/b' })
})
