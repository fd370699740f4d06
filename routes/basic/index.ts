/**
 * The first steps: one route. The document's title, version and addresses are options of `docs`.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/first-steps/
 */

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

const basic: FastifyPluginAsyncTypebox = async app => {
  app.get('/', { schema: { summary: 'Main' } }, async () => ({ message: 'Hello World' }))
}

export default basic
