import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

const admin: FastifyPluginAsyncTypebox = async app => {
  app.post('/', { schema: { summary: 'Update Admin' } }, async () => ({ message: 'Admin getting schwifty' }))
}

export default admin
