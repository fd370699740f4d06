import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'

const Item = Type.Object({
  name: Type.String(),
  description: Nullable(Type.String(), { default: null })
}, { title: 'Item' })

export const routes: FastifyPluginAsyncTypebox = async app => {
  app.post('/items/', {
    schema: { summary: 'Create Item', body: Item }
  }, async ({ body: item }) => item)

  app.get('/items/', {
    schema: { summary: 'Read Items', response: { 200: Type.Array(Item) } }
  }, async () => [
    { name: 'Portal Gun', description: 'Device to travel through the multi-rick-verse' },
    { name: 'Plumbus', description: null }
  ])
}
