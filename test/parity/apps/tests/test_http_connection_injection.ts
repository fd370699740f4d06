import { Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from '../dependencies/app.ts'

const value = dependency(({ request }) => request.server.getDecorator<number>('value'))

export default dependentApp(async app => {
  app.decorate('value', 42)

  app.get('/http', {
    config: { depends: { value } },
    schema: {
      summary: 'Get Value By Http',
      response: { 200: Type.Unknown() }
    }
  }, async ({ deps }) => deps.value)

  app.get('/ws', { websocket: true, config: { depends: { value } } }, (socket, { deps }) => {
    socket.send(String(deps.value))
    socket.close(1000)
  })
}, { websocket: true })
