import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'
import { ItemId } from './items.ts'

const Item = Type.Object({
  name: Type.String(),
  description: Type.Optional(Nullable(Type.String(), { default: null })),
  price: Type.Number(),
  tax: Type.Optional(Type.Number({ default: 10.5 }))
}, { title: 'Item' })

const items = new Map([
  ['foo', { name: 'Foo', price: 50.2 }],
  ['bar', { name: 'Bar', description: 'The Bar fighters', price: 62, tax: 20.2 }],
  ['baz', { name: 'Baz', description: 'There goes my baz', price: 50.2, tax: 10.5 }]
])

function read (id: string) {
  const item = items.get(id)
  if (item === undefined) throw new Error(`there is no item ${id}`)
  return item
}

/** The tutorial twice: with sets of names, and with lists. */
export default parityApp(async app => {
  app.get('/items/:item_id/name', {
    config: { response: { include: ['name', 'description'] } },
    schema: {
      summary: 'Read Item Name',
      params: ItemId,
      response: { 200: Item }
    }
  }, async ({ params: { item_id: id } }) => read(id))

  app.get('/items/:item_id/public', {
    config: { response: { exclude: ['tax'] } },
    schema: {
      summary: 'Read Item Public Data',
      params: ItemId,
      response: { 200: Item }
    }
  }, async ({ params: { item_id: id } }) => read(id))
})
