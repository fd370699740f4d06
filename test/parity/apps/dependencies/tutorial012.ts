import { Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { BadRequest } from '../../../../plugins/errors/index.ts'
import { dependentApp } from './app.ts'

const token = dependency({
  headers: Type.Object({ x_token: Type.String() })
}, ({ headers }) => {
  if (headers.x_token !== 'fake-super-secret-token') throw new BadRequest('X-Token header invalid')
})

const key = dependency({
  headers: Type.Object({ x_key: Type.String() })
}, ({ headers }) => {
  if (headers.x_key !== 'fake-super-secret-key') throw new BadRequest('X-Key header invalid')
})

export default dependentApp(async app => {
  app.depends([token, key])

  app.get('/items/', {
    schema: { summary: 'Read Items' }
  }, async () => [{ item: 'Portal Gun' }, { item: 'Plumbus' }])

  app.get('/users/', {
    schema: { summary: 'Read Users' }
  }, async () => [{ username: 'Rick' }, { username: 'Morty' }])
})
