import { Type } from '@fastify/type-provider-typebox'
import { Bytes, File, Form } from '../../../../plugins/types/index.ts'
import { type AppFactory, parityApp } from '../app.ts'

const PAGE = `
<body>
<form action="/files/" enctype="multipart/form-data" method="post">
<input name="files" type="file" multiple>
<input type="submit">
</form>
<form action="/uploadfiles/" enctype="multipart/form-data" method="post">
<input name="files" type="file" multiple>
<input type="submit">
</form>
</body>
    `

export interface Words {
  readonly bytes?: string
  readonly uploads?: string
}

/** @param words what the document says of the files */
export function filesApp ({ bytes, uploads }: Words = {}): AppFactory {
  return parityApp(async app => {
    app.post('/files/', {
      schema: { summary: 'Create Files', body: Form({ files: Type.Array(Bytes(), described(bytes)) }) }
    }, async ({ body: { files } }) => ({ file_sizes: files.map(file => file.length) }))

    app.post('/uploadfiles/', {
      schema: { summary: 'Create Upload Files', body: Form({ files: Type.Array(File(), described(uploads)) }) }
    }, async ({ body: { files } }) => ({ filenames: files.map(({ filename }) => filename) }))

    app.get('/', { schema: { summary: 'Main' } }, async (_request, reply) => {
      reply.type('text/html; charset=utf-8')
      return PAGE
    })
  })
}

function described (description: string | undefined): { description?: string } {
  return description === undefined ? {} : { description }
}
