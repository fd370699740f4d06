import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'
import { Item } from './item.ts'

const openapiExamples = {
  normal: {
    summary: 'A normal example',
    description: 'A **normal** item works correctly.',
    value: { name: 'Foo', description: 'A very nice Item', price: 35.4, tax: 3.2 }
  },
  converted: {
    summary: 'An example with converted data',
    description: 'FastAPI can convert price `strings` to actual `numbers` automatically',
    value: { name: 'Bar', price: '35.4' }
  },
  invalid: {
    summary: 'Invalid data is rejected with an error',
    value: { name: 'Baz', price: 'thirty five point four' }
  }
}

export default parityApp(async app => {
  app.put('/items/:item_id', {
    schema: {
      summary: 'Update Item',
      params: Type.Object({ item_id: Type.Integer() }),
      body: { ...Item, openapiExamples }
    }
  }, async ({ params, body: item }) => ({ ...params, item }))
})
