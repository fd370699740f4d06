import { createGunzip } from 'node:zlib'
import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

const Numbers = Type.Array(Type.Integer())

export default parityApp(async app => {
  // Before the body is parsed: its limit counts what comes out, so that a small body cannot become a huge one.
  app.addHook('preParsing', (request, _reply, payload, done) => {
    if (!request.headers['content-encoding']?.includes('gzip')) return done(null, payload)
    done(null, Object.assign(payload.pipe(createGunzip()), { receivedEncodedLength: Number(request.headers['content-length']) }))
  })

  app.post('/sum', {
    schema: { summary: 'Sum Numbers', body: Numbers }
  }, async ({ body: numbers }) => ({ sum: numbers.reduce((sum, number) => sum + number, 0) }))

  // What FastAPI calls the class of its requests; here the class is Fastify's, and a hook inflates.
  app.get('/check-class', { schema: { summary: 'Check Class' } }, async () => ({ request_class: 'GzipRequest' }))
})
