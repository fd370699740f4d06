import { Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { NotFound } from '../../../../plugins/errors/index.ts'
import { dependentApp } from './app.ts'

class InternalError extends Error {}

const username = dependency(function * () {
  try {
    yield 'Rick'
  } catch (error) {
    // Kept to itself, on purpose: that is a mistake, and the client gets no more than a 500.
    if (!(error instanceof InternalError)) throw error
  }
})

export default dependentApp(async app => {
  app.get('/items/:item_id', {
    config: { depends: { username } },
    schema: {
      summary: 'Get Item',
      params: Type.Object({ item_id: Type.String() }),
      response: { 200: Type.Unknown() }
    }
  }, async ({ params: { item_id: id }, deps: { username } }) => {
    if (id === 'portal-gun') throw new InternalError(`The portal gun is too dangerous to be owned by ${username}`)
    if (id !== 'plumbus') throw new NotFound("Item not found, there's only a plumbus here")
    return id
  })
})
