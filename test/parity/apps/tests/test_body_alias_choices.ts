import { Type } from '@fastify/type-provider-typebox'
import { Embed, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const alias = ['first', 'second']

export default parityApp(async app => {
  app.post('/embedded', {
    schema: { summary: 'Read Embedded', body: Embed({ value: Type.Integer({ alias }) }), response: { 200: Type.Any() } }
  }, async function readEmbedded ({ body: { value } }) { return value })

  app.post('/multiple', {
    schema: {
      summary: 'Read Multiple',
      body: Embed({
        items: Type.Optional(Type.Array(Type.Integer(), { alias: ['items', 'tags'] })),
        value: Nullable(Type.Integer(), { alias, default: 10 })
      }),
      response: { 200: Type.Any() }
    }
  }, async function readMultiple ({ body: { value, items = [] } }) { return { value, items } })
})
