import { parityApp } from '../app.ts'

// FastAPI takes a second route on one path, which never answers and is the one in the document; Fastify refuses it.
export default parityApp(async app => {
  app.get('/users', { schema: { summary: 'Read Users2' } }, async () => ['Rick', 'Morty'])
})
