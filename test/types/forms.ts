// Compiled, never run.
import type { Readable } from 'node:stream'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import forms, { type FormsOptions, type FormValue, type StreamedFile, type UploadFile } from '../../plugins/forms/index.ts'
import { Bytes, File, Form, Nullable } from '../../plugins/types/index.ts'

/** Compiles when both are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : never
function same<A, B> (_same: Same<A, B>): void {}

const server = Fastify()
server.register(forms, { memory: 0, fields: 10 })
export const options: FormsOptions = { directory: '/tmp' }
// @ts-expect-error -- there is no such option
server.register(forms, { field: 1 })

export const routes: FastifyPluginAsyncTypebox = async app => {
  app.post('/', {
    config: { forms: { fileSize: 1 } },
    schema: { body: Form({ f: File({ description: 'A file' }), many: Type.Array(File()), none: Nullable(File()), bytes: Bytes(), s: File({ stream: true }), n: Type.Integer() }) }
  }, async ({ body }) => {
    same<typeof body.f, UploadFile>(true)
    same<typeof body.many, UploadFile[]>(true)
    same<typeof body.none, UploadFile | null>(true)
    same<typeof body.bytes, Buffer>(true)
    same<typeof body.s, StreamedFile>(true)
    same<typeof body.n, number>(true)
    same<ReturnType<typeof body.s.stream>, Readable>(true)
    // @ts-expect-error -- the size of a file is known when it has come
    return body.s.size
  })

  app.post('/any', async request => {
    const { field } = await request.form()
    same<typeof field, FormValue | FormValue[] | undefined>(true)
    same<FormValue, string | UploadFile>(true)
    return typeof field
  })

  // @ts-expect-error -- a limit is a number
  app.post('/limits', { config: { forms: { files: 'many' } } }, async () => 1)
}
