import Fastify from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import errors from '../../../../plugins/errors/index.ts'
import responseModel from '../../../../plugins/response-model/index.ts'
import validation from '../../../../plugins/validation/index.ts'
import { listening } from '../listening.ts'
import { Item, ItemOut } from './model.ts'

export async function build () {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  for (const plugin of [errors, validation, responseModel]) await app.register(plugin)
  app.post('/items', { schema: { body: Item, response: { 200: ItemOut } } }, async ({ body }) => body)
  return app
}

export default async (): Promise<number> => listening(await build())
