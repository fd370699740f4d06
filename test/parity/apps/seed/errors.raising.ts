import { Type } from '@fastify/type-provider-typebox'
import { HttpError, NotFound } from '../../../../plugins/errors/index.ts'
import { RequestValidationError } from '../../../../plugins/validation/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({ title: Type.String(), size: Type.Integer() }, { title: 'Item' })

const THROWN: Readonly<Record<string, () => Error>> = {
  starlette: () => new NotFound(),
  none: () => new HttpError(404),
  list: () => new HttpError(400, ['a', { b: 1 }]),
  empty: () => new HttpError(400, ''),
  number: () => new HttpError(400, 5),
  headers: () => new HttpError(401, 'no', { 'WWW-Authenticate': 'Basic', 'X-Two': '2' }),
  304: () => new HttpError(304),
  503: () => new HttpError(503, undefined, { 'Retry-After': '120' }),
  boom: () => new Error('secret detail')
}

export default parityApp(async app => {
  app.handle(RequestValidationError, ({ issues, body }) => ({ detail: issues, body: body ?? null }))

  app.post('/items/', { schema: { summary: 'Create Item', body: Item } }, async ({ body }) => body)

  app.get('/plain/:kind', { schema: { summary: 'Plain', params: Type.Object({ kind: Type.String() }) } }, async ({ params: { kind } }) => {
    const make = THROWN[kind]
    if (make !== undefined) throw make()
    return { kind }
  })
})
