import Fastify, { type FastifyRequest } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { listening } from '../listening.ts'
import { pageOf, type User, userOf } from './data.ts'
import { Items, Page, Params } from './model.ts'

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

export async function build () {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  app.decorateRequest('benchUser', null)
  app.get('/users/:userId/items', {
    onRequest: authenticate,
    schema: { params: Params, querystring: Page, response: { 200: Items } }
  }, async ({ params: { userId }, query: { skip, limit }, benchUser }) => pageOf(benchUser as User, userId, skip, limit))
  return app
}

export default async (): Promise<number> => listening(await build())
