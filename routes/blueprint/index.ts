/**
 * A bigger application, in several files: a folder is a router, whose prefix is its name.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/bigger-applications/
 */

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

const blueprint: FastifyPluginAsyncTypebox = async app => {
  app.get('/', { schema: { summary: 'Root' } }, async () => ({ message: 'Hello Bigger Applications!' }))
}

export default blueprint
