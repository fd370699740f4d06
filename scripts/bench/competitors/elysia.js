import { node } from '@elysiajs/node'
import { Elysia, t } from 'elysia'
import { freePort, listens } from './free-port.js'
import { pageOf, userOf } from '../apps/typed-get/data.ts'

export default async function listen () {
  const port = await freePort()
  const app = new Elysia({ adapter: node() })
    .resolve(({ headers, status }) => {
      const user = userOf(headers.authorization)
      return user === undefined ? status(401) : { user }
    })
    .get('/users/:userId/items', ({ params: { userId }, query: { skip, limit }, user }) => pageOf(user, userId, skip, limit), {
      params: t.Object({ userId: t.Integer({ minimum: 1 }) }),
      query: t.Object({ skip: t.Integer({ minimum: 0, default: 0 }), limit: t.Integer({ minimum: 1, maximum: 100, default: 10 }) }),
      response: t.Object({
        userId: t.Integer(),
        owner: t.String(),
        skip: t.Integer(),
        limit: t.Integer(),
        items: t.Array(t.Object({ id: t.Integer(), name: t.String(), price: t.Number() }))
      })
    })
  app.listen({ port, hostname: '127.0.0.1' })
  await listens(port)
  return port
}
