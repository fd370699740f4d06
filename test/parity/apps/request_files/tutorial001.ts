import { Bytes, File, Form } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.post('/files/', {
    schema: { summary: 'Create File', body: Form({ file: Bytes() }) }
  }, async ({ body: { file } }) => ({ file_size: file.length }))

  app.post('/uploadfile/', {
    schema: { summary: 'Create Upload File', body: Form({ file: File() }) }
  }, async ({ body: { file } }) => ({ filename: file.filename }))
})
