import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/users/:user_id', {
    schema: {
      summary: 'Get User',
      params: Type.Object({ user_id: Type.String() })
    }
  }, async ({ params, routeOptions: { url = '' } }) => {
    return { ...params, path: url.replaceAll(/:(\w+)/g, '{$1}') }
  })

  app.get('/items/:item_id', { websocket: true, schema: { params: Type.Object({ item_id: Type.String() }) } }, (socket, { params, routeOptions: { url = '' } }) => {
    socket.send(JSON.stringify({ ...params, path: url.replaceAll(/:(\w+)/g, '{$1}') }))
    socket.close(1000)
  })
}, { websocket: true })
