import { Type } from '@fastify/type-provider-typebox'
import { Bytes, File, Form, Nullable, type UploadFile } from '../../../../../../plugins/types/index.ts'
import { parityApp } from '../../../app.ts'

const none = { default: null }

type Content = Buffer | UploadFile

function sizeOf (file: Content | null): number | null {
  return file === null ? null : Buffer.isBuffer(file) ? file.length : (file as UploadFile).size
}

const sizes = ({ file, files }: { file: Content | null, files: readonly Content[] | null }) => ({ file: sizeOf(file), files: files && files.map(sizeOf) })

export default parityApp(async app => {
  app.post('/required-bytes', {
    schema: { summary: 'Read Required Bytes', body: Form({ file: Nullable(Bytes()), files: Nullable(Type.Array(Bytes())) }) }
  }, async ({ body }) => sizes(body))
  app.post('/required-uploadfile', {
    schema: { summary: 'Read Required Uploadfile', body: Form({ file: Nullable(File()), files: Nullable(Type.Array(File())) }) }
  }, async ({ body }) => sizes(body))
  app.post('/optional-bytes', {
    schema: { summary: 'Read Optional Bytes', body: Form({ file: Nullable(Bytes(), none), files: Nullable(Type.Array(Bytes()), none) }) }
  }, async ({ body }) => sizes(body))
  app.post('/optional-uploadfile', {
    schema: { summary: 'Read Optional Uploadfile', body: Form({ file: Nullable(File(), none), files: Nullable(Type.Array(File()), none) }) }
  }, async ({ body }) => sizes(body))
  app.post('/bytes-defaults', {
    schema: { summary: 'Read Bytes Defaults', body: Form({ file: Nullable(Bytes(), { default: 'default' }), files: Type.Optional(Nullable(Type.Array(Bytes()))) }) }
  }, async ({ body: { file, files = [Buffer.from('default')] } }) => sizes({ file, files }))
})
