/**
 * Who may call: pages of these origins, in this scope. Which hosts the app answers to, and whether it sends to https, is
 * for all of it, and is set where it is deployed: `TRUSTED_HOST__ALLOWED_HOSTS`, `HTTPS_REDIRECT`.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/cors/
 */

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import cors from '../../plugins/cors/index.ts'

const hosts: FastifyPluginAsyncTypebox = async app => {
  await app.register(cors, {
    allowOrigins: ['https://gzky.live', 'https://google.com', 'http://localhost:5000', 'http://localhost:8000'],
    allowCredentials: true,
    allowMethods: ['*'],
    allowHeaders: ['*']
  })

  app.get('/', { schema: { summary: 'Main' } }, async () => ({ message: 'Hello World' }))

  app.post('/items/', { schema: { summary: 'Post' } }, async () => ({ made: true }))
}

export default hosts
