import { serve } from '@hono/node-server'
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { freePort } from './free-port.js'
import { pageOf, userOf } from '../apps/typed-get/data.ts'

const Items = z.object({
  userId: z.int(),
  owner: z.string(),
  skip: z.int(),
  limit: z.int(),
  items: z.array(z.object({ id: z.int(), name: z.string(), price: z.number() }))
})

const route = createRoute({
  method: 'get',
  path: '/users/{userId}/items',
  request: {
    params: z.object({ userId: z.coerce.number().int().min(1) }),
    query: z.object({ skip: z.coerce.number().int().min(0).default(0), limit: z.coerce.number().int().min(1).max(100).default(10) })
  },
  responses: { 200: { description: 'OK', content: { 'application/json': { schema: Items } } } }
})

export default async function listen () {
  const app = new OpenAPIHono()
  app.use('*', async (c, next) => {
    const user = userOf(c.req.header('authorization'))
    if (user === undefined) return c.json({ message: 'Not authenticated' }, 401)
    c.set('user', user)
    await next()
  })
  app.openapi(route, c => {
    const { userId } = c.req.valid('param')
    const { skip, limit } = c.req.valid('query')
    // Hono documents the response and lets anything out: the model is applied by hand.
    return c.json(Items.parse(pageOf(c.get('user'), userId, skip, limit)), 200)
  })
  const port = await freePort()
  await new Promise(resolve => { serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, resolve) })
  return port
}
