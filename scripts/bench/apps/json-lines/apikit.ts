import Fastify from 'fastify'
import responseModel from '../../../../plugins/response-model/index.ts'
import responses, { jsonLines } from '../../../../plugins/responses/index.ts'
import { listening } from '../listening.ts'
import { Item, items } from './model.ts'

export default async function listen (): Promise<number> {
  const app = Fastify()
  await app.register(responseModel)
  await app.register(responses)
  app.get('/items', { schema: { response: { 200: jsonLines(Item) } } }, items)
  return listening(app)
}
