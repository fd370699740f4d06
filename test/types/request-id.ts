// Compiled, never run.
import Fastify from 'fastify'
import requestId from '../../plugins/request-id/index.ts'

const app = Fastify()
app.register(requestId)
app.register(requestId, { header: 'x-correlation-id', accept: false, maxLength: 64 })
// @ts-expect-error -- accept is a boolean
app.register(requestId, { accept: 'no' })
