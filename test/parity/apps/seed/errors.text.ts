import { HttpError } from '../../../../plugins/errors/index.ts'
import { RequestValidationError } from '../../../../plugins/validation/index.ts'
import errors from '../../../../routes/errors/index.ts'
import { parityApp } from '../app.ts'

const TEXT = 'text/plain; charset=utf-8'

/** As `str()` of Python writes a plain value. */
function textOf (value: unknown): string {
  if (typeof value === 'string') return value
  return JSON.stringify(value).replaceAll('"', "'").replace(/[,:]/g, '$& ')
}

export default parityApp(async (app, options) => {
  app.handle(HttpError, ({ detail }, _request, reply) => {
    reply.type(TEXT)
    return textOf(detail)
  })

  app.handle(RequestValidationError, ({ issues }, _request, reply) => {
    reply.code(400).type(TEXT)
    return issues.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ')
  })

  await errors(app, options)
})
