import { type Static, Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../../plugins/dependencies/index.ts'
import { BadRequest, Conflict, NotFound } from '../../../../../plugins/errors/index.ts'
import { Nullable } from '../../../../../plugins/types/index.ts'
import { dependentApp } from '../../dependencies/app.ts'

type Item = Static<typeof Item>
const Item = Type.Object({
  id: Type.String(),
  title: Type.String(),
  description: Nullable(Type.String(), { default: null })
}, { title: 'Item' })

const token = dependency({
  headers: Type.Object({ x_token: Type.String() })
}, ({ headers }) => {
  if (headers.x_token !== 'coneofsilence') throw new BadRequest('Invalid X-Token header')
})

export default dependentApp(async app => {
  app.depends([token])

  const items = new Map<string, Item>([
    ['foo', { id: 'foo', title: 'Foo', description: 'There goes my hero' }],
    ['bar', { id: 'bar', title: 'Bar', description: 'The bartenders' }]
  ])

  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Main',
      params: Type.Object({ item_id: Type.String() }),
      response: { 200: Item }
    }
  }, async ({ params }) => {
    const item = items.get(params.item_id)
    if (item === undefined) throw new NotFound('Item not found')
    return item
  })

  app.post('/items/', {
    schema: {
      summary: 'Create Item',
      body: Item,
      response: { 200: Item }
    }
  }, async ({ body: item }) => {
    if (items.has(item.id)) throw new Conflict('Item already exists')
    items.set(item.id, item)
    return item
  })
})
