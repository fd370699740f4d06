import { type Static, Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'

export type Item = Static<typeof Item>
export const Item = Type.Object({
  name: Nullable(Type.String(), { default: null }),
  description: Nullable(Type.String(), { default: null }),
  price: Nullable(Type.Number(), { default: null }),
  tax: Type.Number({ default: 10.5 }),
  tags: Type.Array(Type.String(), { default: [] })
}, { title: 'Item' })

export const ItemId = Type.Object({ item_id: Type.String() })

export class Items extends Map<string, Item> {
  constructor () {
    super([
      ['foo', { name: 'Foo', description: null, price: 50.2, tax: 10.5, tags: [] }],
      ['bar', { name: 'Bar', description: 'The bartenders', price: 62, tax: 20.2, tags: [] }],
      ['baz', { name: 'Baz', description: null, price: 50.2, tax: 10.5, tags: [] }]
    ])
  }

  /** @throws when there is no such item, as Python's `items[id]` does */
  read (id: string): Item {
    const item = this.get(id)
    if (item === undefined) throw new Error(`there is no item ${JSON.stringify(id)}`)
    return item
  }
}
