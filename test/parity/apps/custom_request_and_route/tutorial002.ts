import { PassThrough } from 'node:stream'
import { Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { HttpError } from '../../../../plugins/errors/index.ts'
import { RequestValidationError } from '../../../../plugins/validation/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  const sent = new WeakMap<FastifyRequest, Buffer[]>()

  app.addHook('preParsing', (request, _reply, payload, done) => {
    const chunks: Buffer[] = []
    sent.set(request, chunks)
    done(null, payload.pipe(new PassThrough().on('data', chunk => chunks.push(chunk))))
  })

  app.handle(RequestValidationError, ({ issues }, request) => {
    throw new HttpError(422, { errors: issues, body: Buffer.concat(sent.get(request) ?? []).toString() })
  })

  app.post('/', {
    schema: { summary: 'Sum Numbers', body: Type.Array(Type.Integer()) }
  }, async ({ body: numbers }) => numbers.reduce((sum, number) => sum + number, 0))
})
