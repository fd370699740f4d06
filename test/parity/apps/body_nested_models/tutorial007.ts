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
  images: Nullable(Type.Array(Image), { default: null })
}, { title: 'Item' })

const Offer = Type.Object({
  name: Type.String(),
  description: Nullable(Type.String(), { default: null }),
  price: Type.Number(),
  items: Type.Array(Item)
}, { title: 'Offer' })

export default parityApp(async app => {
  app.post('/offers/', {
    schema: {
      summary: 'Create Offer',
      body: Offer,
      response: { 200: Anything }
    }
  }, async ({ body: offer }) => offer)
})
