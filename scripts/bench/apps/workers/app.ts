import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import errors from '../../../../plugins/errors/index.ts'
import responseModel from '../../../../plugins/response-model/index.ts'
import validation from '../../../../plugins/validation/index.ts'
import { Item, ItemOut } from '../typed-post/model.ts'

/** Other lines say that it listens. */
export const options = { disableRequestLogging: true }

/** The app of the typed POST, as `fastify-apikit start` loads it. */
const app: FastifyPluginAsyncTypebox = async (app, _options) => {
  for (const plugin of [errors, validation, responseModel]) await app.register(plugin)
  app.post('/items', { schema: { body: Item, response: { 200: ItemOut } } }, async ({ body }) => body)
}
export default app
