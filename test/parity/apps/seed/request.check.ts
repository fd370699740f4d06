import { Type } from '@fastify/type-provider-typebox'
import { parse, ValidationError } from '../../../../plugins/validation/index.ts'
import { Item } from '../../../../routes/request/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.post('/check/', { schema: { summary: 'Check', body: Type.Record(Type.String(), Type.Any(), { title: 'Values' }) } }, async ({ body }) => {
    try {
      return { ok: true, item: parse(Item, body) }
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error
      const errors = error.errors()
      return { ok: false, count: errors.length, errors }
    }
  })
})
