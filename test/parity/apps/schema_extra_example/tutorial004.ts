import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'
import { Item } from './item.ts'

const examples = [
  { name: 'Foo', description: 'A very nice Item', price: 35.4, tax: 3.2 },
  { name: 'Bar', price: '35.4' },
  { name: 'Baz', price: 'thirty five point four' }
]

export default parityApp(async app => {
  app.put('/items/:item_id', {
    schema: {
      summary: 'Update Item',
      params: Type.Object({ item_id: Type.Integer() }),
      body: { ...Item, examples }
    }
  }, async ({ params, body: item }) => ({ ...params, item }))
})
