import { Type } from '@fastify/type-provider-typebox'
import { DateTime, Nullable } from '../../../../schemas/types/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  title: Type.String(),
  timestamp: DateTime(),
  description: Nullable(Type.String(), { default: null })
}, { title: 'Item' })

export default parityApp(async app => {
  const store = new Map<string, string>()

  app.put('/items/:id', {
    schema: {
      summary: 'Update Item',
      params: Type.Object({ id: Type.String() }),
      body: Item
    }
  }, async ({ params: { id }, body }) => {
    store.set(id, JSON.stringify(body))
    return null
  })
})
