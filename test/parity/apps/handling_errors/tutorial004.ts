import { Type } from '@fastify/type-provider-typebox'
import { HttpError, Teapot } from '../../../../plugins/errors/index.ts'
import { RequestValidationError } from '../../../../plugins/validation/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.handle(HttpError, ({ detail }, _request, reply) => {
    reply.type('text/plain; charset=utf-8')
    return String(detail)
  })

  app.handle(RequestValidationError, ({ issues }, _request, reply) => {
    reply.code(400).type('text/plain; charset=utf-8')
    return issues.reduce((text, { loc, msg }) => `${text}\nField: ('${loc.join("', '")}'), Error: ${msg}`, 'Validation errors:')
  })

  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Item',
      params: Type.Object({ item_id: Type.Integer() })
    }
  }, async ({ params }) => {
    if (params.item_id === 3) throw new Teapot("Nope! I don't like 3.")
    return params
  })
})
