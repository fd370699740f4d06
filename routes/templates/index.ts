/**
 * HTML from templates, and the files that it needs: links by the names of routes, everything escaped.
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/templates/
 */

import { join } from 'node:path'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import staticFiles from '../../plugins/static/index.ts'

const templates: FastifyPluginAsyncTypebox = async app => {
  await app.register(staticFiles, { root: join(import.meta.dirname, 'files'), prefix: '/static', name: 'static' })

  app.get('/data/:data', {
    config: { name: 'read_data' },
    schema: {
      summary: 'Read Data',
      params: Type.Object({ data: Type.String() }),
      produces: ['text/html'],
      response: { 200: Type.String() }
    }
  }, async ({ params: { data } }, reply) => reply.view('templates/index.html', { data }))
}

export default templates
