import { Type } from '@sinclair/typebox'
import { Embed } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Text = Type.Union([Type.String(), Type.Null()], { default: null })
const Size = Type.Union([Type.Integer(), Type.Null()], { default: null })
const Item = Type.Object({ name: Text, size: Size })

export default parityApp(async app => {
  const items = new Map([
    ['foo', { name: 'Fighters', size: 6 }],
    ['bar', { name: 'Tenders', size: 3 }]
  ])

  app.put('/items/:item_id', {
    schema: {
      summary: 'Upsert Item',
      params: Type.Object({ item_id: Type.String() }),
      body: Embed({ name: Text, size: Size }),
      response: { 200: Item, 201: Item }
    }
  }, async ({ params: { item_id: id }, body }, reply) => {
    if (!items.has(id)) reply.code(201)
    return body
  })
})
