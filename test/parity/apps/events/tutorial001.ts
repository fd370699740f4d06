import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  const items = new Map<string, object>()

  app.addHook('onReady', async () => {
    items.set('foo', { name: 'Fighters' })
    items.set('bar', { name: 'Tenders' })
  })

  app.get('/items/:item_id', {
    schema: { summary: 'Read Items', params: Type.Object({ item_id: Type.String() }) }
  }, async ({ params: { item_id: id } }) => items.get(id))
})
