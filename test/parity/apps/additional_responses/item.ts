import { Type } from '@sinclair/typebox'

export const Item = Type.Object({ id: Type.String(), value: Type.String() }, { title: 'Item' })
export const Message = Type.Object({ message: Type.String() }, { title: 'Message' })
export const ItemId = Type.Object({ item_id: Type.String() })
export const hero = { id: 'foo', value: 'there goes my hero' }
