import type { IncomingMessage, ServerResponse } from 'node:http'
import { parityApp } from '../app.ts'

/** An app of another framework, as `express()` is one: it takes requests of Node and answers them. */
function other ({ url = '/' }: IncomingMessage, response: ServerResponse): void {
  const name = new URL(url, 'http://localhost').searchParams.get('name') ?? 'World'
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end(`Hello, ${name} from Flask!`)
}

export default parityApp(async app => {
  app.get('/v2', {
    schema: { summary: 'Read Main' }
  }, async () => ({ message: 'Hello World' }))

  // What lies below a prefix is the other's: its errors, its 404, its documents.
  app.all('/v1/*', { schema: { hide: true } }, (request, reply) => {
    reply.hijack()
    other(request.raw, reply.raw)
  })
})
