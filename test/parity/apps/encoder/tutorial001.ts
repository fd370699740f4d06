import { Type } from '@fastify/type-provider-typebox'
import { type Jsonable, jsonable } from '../../../../plugins/response-model/index.ts'
import { DateTime, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  title: Type.String(),
  timestamp: DateTime(),
  description: Nullable(Type.String(), { default: null })
}, { title: 'Item' })

export default parityApp(async app => {
  const store = new Map<string, Jsonable>()

  app.put('/items/:id', {
    schema: {
      summary: 'Update Item',
      params: Type.Object({ id: Type.String() }),
      body: Item
    }
  }, async ({ params: { id }, body }) => {
    store.set(id, jsonable(body, { schema: Item }))
    return null
  })
})
