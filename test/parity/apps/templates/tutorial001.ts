import { join } from 'node:path'
import { Type } from '@fastify/type-provider-typebox'
import staticFiles from '../../../../plugins/static/index.ts'
import templates from '../../../../plugins/templates/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  await app.register(staticFiles, { root: join(import.meta.dirname, 'files'), prefix: '/static', name: 'static' })
  await app.register(templates, { root: import.meta.dirname })

  app.get('/items/:id', {
    config: { name: 'read_item' },
    schema: {
      summary: 'Read Item',
      params: Type.Object({ id: Type.String() }),
      produces: ['text/html'],
      response: { 200: Type.String() }
    }
  }, async ({ params: { id } }, reply) => reply.view('item.html', { id }))
})
