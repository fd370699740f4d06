import { Bytes, File, Form, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.post('/files/', {
    schema: { summary: 'Create File', body: Form({ file: Nullable(Bytes(), { default: null }) }) }
  }, async ({ body: { file } }) => file === null ? { message: 'No file sent' } : { file_size: file.length })

  app.post('/uploadfile/', {
    schema: { summary: 'Create Upload File', body: Form({ file: Nullable(File(), { default: null }) }) }
  }, async ({ body: { file } }) => file === null ? { message: 'No upload file sent' } : { filename: file.filename })
})
