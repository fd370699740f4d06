import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  name: Nullable(Type.String(), { default: null })
}, { title: 'Item' })

const ExtendedItem = Type.Object({
  ...Item.properties,
  age: Type.Integer()
}, { title: 'ExtendedItem' })

export default parityApp(async app => {
  app.post('/items/', {
    schema: {
      summary: 'Save Union Different Body',
      body: Type.Union([ExtendedItem, Item], { title: 'Item' })
    }
  }, async ({ body: item }) => ({ item }))
})
