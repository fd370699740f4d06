import { Type } from '@fastify/type-provider-typebox'
import compress from '@fastify/compress'
import { parityApp } from '../app.ts'

// FastAPI's `GZipMiddleware` is @fastify/compress.
export default parityApp(async app => {
  await app.register(compress, { encodings: ['gzip'], threshold: 1000 })

  app.get('/', { schema: { summary: 'Main', response: { 200: Type.String() } } }, async () => 'somebigcontent')

  // Added by the recording test.
  app.get('/large', async (_request, reply) => reply.type('text/plain; charset=utf-8').send('x'.repeat(4000)))
})
