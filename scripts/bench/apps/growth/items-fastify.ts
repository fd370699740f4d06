import Fastify, { type FastifyInstance } from 'fastify'
import { Items, items } from './items.ts'

export default async function build (count: number): Promise<FastifyInstance> {
  const app = Fastify()
  const list = items(count)
  app.get('/', { schema: { response: { 200: Items } } }, async () => list)
  return app
}
