import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { headerToken } from '../tokens.ts'

const admin: FastifyPluginAsyncTypebox = async app => {
  app.inherit({
    tags: ['admin'],
    depends: { headerToken },
    responses: { 418: { description: "I'm a teapot" } }
  })

  app.post('/', { prefixTrailingSlash: 'slash', schema: { summary: 'Update Admin' } }, async () => ({ message: 'Admin getting schwifty' }))
}

export default admin
