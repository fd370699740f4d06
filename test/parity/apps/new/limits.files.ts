import { Type } from '@fastify/type-provider-typebox'
import { File, Form } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.post('/file', { schema: { body: Form({ f: File() }) }, config: { maxBodySize: 200 } }, async function file ({ body: { f } }) {
    return { filename: f.filename, size: f.size }
  })
  app.post('/free', { schema: { body: Type.Any({ title: 'D' }), response: { 200: Type.Any() } } }, async function free ({ body }) { return String(body).length })
})
