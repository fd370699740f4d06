import { Type } from '@sinclair/typebox'
import { OffsetDateTime } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  title: Type.String(),
  timestamp: OffsetDateTime(),
  description: Type.Optional(Type.Union([Type.String(), Type.Null()]))
}, { title: 'Item' })

export default parityApp(async app => {
  app.put('/items/:id', {
    schema: { summary: 'Update Item', params: Type.Object({ id: Type.String() }), body: Item, response: { 200: Type.Any() } }
  }, async ({ body }) => body)
})
