import { Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { BadRequest, NotFound } from '../../../../plugins/errors/index.ts'
import { dependentApp } from './app.ts'

class OwnerError extends Error {}

const items = new Map([
  ['plumbus', { description: 'Freshly pickled plumbus', owner: 'Morty' }],
  ['portal-gun', { description: 'Gun to create portals', owner: 'Rick' }]
])

const username = dependency(function * () {
  try {
    yield 'Rick'
  } catch (error) {
    throw error instanceof OwnerError ? new BadRequest(`Owner error: ${error.message}`) : error
  }
})

export default dependentApp(async app => {
  app.get('/items/:item_id', {
    config: { depends: { username } },
    schema: {
      summary: 'Get Item',
      params: Type.Object({ item_id: Type.String() })
    }
  }, async ({ params, deps: { username } }) => {
    const item = items.get(params.item_id)
    if (item === undefined) throw new NotFound('Item not found')
    if (item.owner !== username) throw new OwnerError(username)
    return item
  })
})
