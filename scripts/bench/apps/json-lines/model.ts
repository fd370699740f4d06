import { Type } from '@sinclair/typebox'

export const Item = Type.Object({ id: Type.Integer(), name: Type.String(), price: Type.Number(), tags: Type.Array(Type.String()) })

export async function * items (): AsyncGenerator<{ id: number, name: string, price: number, tags: string[] }> {
  for (let id = 0; id < 100; id++) yield { id, name: `item ${id}`, price: id / 4, tags: ['a', 'b'] }
}
