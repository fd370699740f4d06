import Fastify, { type FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import errors from '../../../../plugins/errors/index.ts'
import responseModel from '../../../../plugins/response-model/index.ts'
import validation from '../../../../plugins/validation/index.ts'
import { listening } from '../listening.ts'
import { Item, ItemOut } from './model.ts'

/** @param before what the app has before all else */
export async function build (before?: (app: FastifyInstance) => unknown) {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  await before?.(app as unknown as FastifyInstance)
  for (const plugin of [errors, validation, responseModel]) await app.register(plugin)
  app.post('/items', { schema: { body: Item, response: { 200: ItemOut } } }, async ({ body }) => body)
  return app
}

export default async (): Promise<number> => listening(await build())
