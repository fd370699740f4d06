import { Type } from '@fastify/type-provider-typebox'
import { HttpUrl, Nullable, SetOf } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'
import { Anything, product } from './product.ts'

const Image = Type.Object({
  url: HttpUrl(),
  name: Type.String()
}, { title: 'Image' })

const Item = Type.Object({
  ...product,
  tags: SetOf(Type.String(), { default: [] }),
  image: Nullable(Image, { default: null })
}, { title: 'Item' })

export default parityApp(async app => {
  app.put('/items/:item_id', {
    schema: {
      summary: 'Update Item',
      params: Type.Object({ item_id: Type.Integer() }),
      body: Item,
      response: { 200: Anything }
    }
  }, async ({ params, body: item }) => ({ ...params, item }))
})
