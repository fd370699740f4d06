import { Type } from '@fastify/type-provider-typebox'
import { Embed } from '../../../../../plugins/types/index.ts'
import { parityApp } from '../../app.ts'

const named = (source: string) => ({
  preserved: Type.Integer({ alias: 'original', title: 'Original', description: 'From Field', deprecated: true, examples: [1], 'x-source': 'field', 'x-retained': true }),
  replaced: Type.Integer({ alias: 'replacement', title: 'Replacement', description: `From ${source}`, examples: [2], 'x-source': source.toLowerCase(), 'x-retained': true }),
  cleared: Type.Integer()
})

const item = { title: 'Item ID', description: 'The item to read' }
const count = Type.Integer({ alias: 'n', title: 'Count', description: 'Number of items', default: 10 })

export default parityApp(async app => {
  app.get('/query', { schema: { summary: 'Read Query', querystring: Type.Object(named('Query')) } }, async ({ query }) => query)
  app.post('/body', { schema: { summary: 'Read Body', body: Embed(named('Body')) } }, async ({ body }) => body)
  app.get('/inferred/:item_id', {
    schema: { summary: 'Read Inferred', params: Type.Object({ item_id: Type.Integer(item) }), querystring: Type.Object({ count }) }
  }, async ({ params: { item_id: id }, query }) => ({ item_id: id, count: query.count }))
  app.get('/inferred', {
    schema: { summary: 'Read Inferred', querystring: Type.Object({ item_id: Type.Optional(Type.Integer(item)), count }) }
  }, async ({ query: { item_id: id = 5, count } }) => ({ item_id: id, count }))
})
