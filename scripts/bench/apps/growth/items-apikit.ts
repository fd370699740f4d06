import Fastify, { type FastifyInstance } from 'fastify'
import errors from '../../../../plugins/errors/index.ts'
import responseModel from '../../../../plugins/response-model/index.ts'
import { Items, items } from './items.ts'

export default async function build (count: number): Promise<FastifyInstance> {
  const app = Fastify()
  for (const plugin of [errors, responseModel]) await app.register(plugin)
  const list = items(count)
  app.get('/', { schema: { response: { 200: Items } } }, async () => list)
  return app
}
