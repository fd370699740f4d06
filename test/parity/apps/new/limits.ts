import { Type } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import validation from '../../../../plugins/validation/index.ts'
import { parityApp } from '../app.ts'

const schema = { body: Type.Any({ title: 'D' }), response: { 200: Type.Any() } }

/** A router: FastAPI's `APIRouter(max_body_size=…)`. */
function router (app: FastifyInstance, prefix: string, maxBodySize: number | undefined, declare: (app: FastifyInstance) => void): void {
  app.register(async child => {
    await child.register(validation, maxBodySize === undefined ? {} : { maxBodySize })
    declare(child)
  }, { prefix })
}

export default parityApp(async app => {
  app.post('/value', { schema }, async function value ({ body }) { return body })
  app.post('/unread', async function unread () { return JSON.stringify('not read') })
  app.post('/raw', async function raw ({ body }, reply) { return reply.type('text/plain; charset=utf-8').send(JSON.stringify(body)) })
  app.post('/more', { schema, config: { maxBodySize: 20 } }, async function more ({ body }) { return body })
  app.post('/nothing', { schema: { ...schema, body: Type.Any({ title: 'D', default: null }) }, config: { maxBodySize: 0 } }, async function nothing ({ body }) { return body })
  app.post('/inherit', { schema, config: { maxBodySize: null } }, async function inherit ({ body }) { return body })
  app.get('/get', { schema: { response: { 200: Type.Any() } } }, async function get () { return 1 })
  router(app, '/r', 15, app => {
    app.post('/a', { schema }, async function ra ({ body }) { return body })
    app.post('/b', { schema, config: { maxBodySize: 5 } }, async function rb ({ body }) { return body })
  })
  router(app, '/included', 12, app => { app.post('/a', { schema }, async function r2a ({ body }) { return body }) })
  router(app, '/own', 15, app => { app.post('/a', { schema }, async function r3a ({ body }) { return body }) })
  router(app, '/sub', undefined, app => { app.post('/x', { schema: { ...schema, hide: true } }, async ({ body }) => body) })
  router(app, '/sub2', 20, app => { app.post('/x', { schema: { ...schema, hide: true } }, async ({ body }) => body) })
}, { validation: { maxBodySize: 10 } })
