import { Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../../plugins/dependencies/index.ts'
import { BadRequest } from '../../../../../plugins/errors/index.ts'

export const tokenHeader = dependency({
  headers: Type.Object({ x_token: Type.String() })
}, ({ headers }) => {
  if (headers.x_token !== 'fake-super-secret-token') throw new BadRequest('X-Token header invalid')
})

export const queryToken = dependency({
  query: Type.Object({ token: Type.String() })
}, ({ query }) => {
  if (query.token !== 'jessica') throw new BadRequest('No Jessica token provided')
})
