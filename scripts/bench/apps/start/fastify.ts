import Fastify, { type FastifyRequest } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { type User, userOf } from '../typed-get/data.ts'
import { schemasOf } from './schemas.ts'

declare module 'fastify' {
  interface FastifyRequest {
    benchUser: User | null
  }
}

async function authenticate (request: FastifyRequest): Promise<void> {
  const user = userOf(request.headers.authorization)
  if (user === undefined) throw Object.assign(new Error('Not authenticated'), { statusCode: 401 })
  request.benchUser = user
}

export default async function build (routes: number): Promise<unknown> {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  app.decorateRequest('benchUser', null)
  for (let i = 0; i < routes; i++) {
    app.post(`/area${i}/:userId/items`, {
      onRequest: authenticate,
      schema: schemasOf(i)
    }, async ({ params, query, body }) => ({ id: params.userId + query.skip, ...body }))
  }
  return app.ready()
}
