import { Type } from '@fastify/type-provider-typebox'
import { Bytes, Form, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.post('/files', {
    schema: { summary: 'Upload Files', body: Form({ files: Nullable(Type.Array(Bytes()), { default: null }) }) }
  }, async ({ body: { files } }) => files === null
    ? { files_count: 0 }
    : { files_count: files.length, sizes: files.map(file => file.length) })
})
