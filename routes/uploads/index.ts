/**
 * A page that uploads a file and shows how far it is; the file is read while it comes, and kept nowhere.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/request-files/
 */

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import staticFiles from '../../plugins/static/index.ts'
import { File, Form } from '../../plugins/types/index.ts'
import { fromThisOrigin } from '../same-origin.ts'

const GIGABYTE = 1_000_000_000

const Uploaded = Type.Object({
  filename: Type.String(),
  note: Type.String(),
  bytes: Type.Integer(),
  sha256: Type.String()
}, { title: 'Uploaded' })

const uploads: FastifyPluginAsyncTypebox = async app => {
  app.addHook('onRequest', fromThisOrigin)
  await app.register(staticFiles, { root: join(import.meta.dirname, 'files'), prefix: '/static', name: 'uploads' })

  app.get('/', {
    config: { without: true },
    schema: { hide: true }
  }, async (_request, reply) => reply.view('uploads/index.html'))

  app.post('/', {
    config: { name: 'upload', forms: { fileSize: GIGABYTE, total: GIGABYTE } },
    schema: {
      summary: 'Upload',
      body: Form({ note: Type.String({ default: '', maxLength: 200 }), file: File({ stream: true }) }),
      response: { 200: Uploaded }
    }
  }, async ({ body: { note, file } }) => {
    const hash = createHash('sha256')
    for await (const chunk of file.stream()) hash.update(chunk)
    return { filename: file.filename, note, bytes: file.bytesRead, sha256: hash.digest('hex') }
  })
}

export default uploads
