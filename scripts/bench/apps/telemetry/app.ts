/**
 * The app of the typed POST, traced in one way or the other.
 *
 * @module
 */

import Fastify, { type FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import errors from '../../../../plugins/errors/index.ts'
import responseModel from '../../../../plugins/response-model/index.ts'
import validation from '../../../../plugins/validation/index.ts'
import { Item, ItemOut } from '../typed-post/model.ts'

export async function appWith (tracing: (app: FastifyInstance) => unknown) {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  await tracing(app as unknown as FastifyInstance)
  for (const plugin of [errors, validation, responseModel]) await app.register(plugin)
  app.post('/items', { schema: { body: Item, response: { 200: ItemOut } } }, async ({ body }) => body)
  return app
}
