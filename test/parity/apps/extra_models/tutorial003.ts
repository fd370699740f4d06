import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

const description = Type.String()
const CarItem = Type.Object({ description, type: Type.String({ default: 'car' }) }, { title: 'CarItem' })
const PlaneItem = Type.Object({ description, type: Type.String({ default: 'plane' }), size: Type.Integer() }, { title: 'PlaneItem' })

const items = new Map([
  ['item1', { description: 'All my friends drive a low rider', type: 'car' }],
  ['item2', { description: "Music is my aeroplane, it's my aeroplane", type: 'plane', size: 5 }]
])

export default parityApp(async app => {
  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Item',
      params: Type.Object({ item_id: Type.String() }),
      response: { 200: Type.Union([PlaneItem, CarItem]) }
    }
  }, async ({ params: { item_id: id } }) => {
    const item = items.get(id)
    if (item === undefined) throw new Error(`there is no item ${id}`)
    return item
  })
})
