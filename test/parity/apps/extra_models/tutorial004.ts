import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

const Item = Type.Object({ name: Type.String(), description: Type.String() }, { title: 'Item' })

const items = [
  { name: 'Foo', description: 'There comes my hero' },
  { name: 'Red', description: "It's my aeroplane" }
]

export default parityApp(async app => {
  app.get('/items/', {
    schema: {
      summary: 'Read Items',
      response: { 200: Type.Array(Item) }
    }
  }, async () => items)
})
