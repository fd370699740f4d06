import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

/** What the proxy takes off is said once, to `docs`, and to whoever asks for it. */
export const rootPath = '/api/v1'

export const routes: FastifyPluginAsyncTypebox = async app => {
  app.get('/app', {
    schema: { summary: 'Read Main' }
  }, async () => ({ message: 'Hello World', root_path: rootPath }))
}

export const servers = [
  { url: 'https://stag.example.com', description: 'Staging environment' },
  { url: 'https://prod.example.com', description: 'Production environment' }
]
