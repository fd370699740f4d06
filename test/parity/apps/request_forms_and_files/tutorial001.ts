import { Type } from '@fastify/type-provider-typebox'
import { Bytes, File, Form } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.post('/files/', {
    schema: { summary: 'Create File', body: Form({ file: Bytes(), fileb: File(), token: Type.String() }) }
  }, async ({ body: { file, fileb, token } }) => ({ file_size: file.length, token, fileb_content_type: fileb.contentType }))
})
