/**
 * The reference app in a process of its own, which turns nobody away for being busy; it tells its port.
 *
 * @module
 */

import Fastify from 'fastify'
import app, { options } from '../../../app.ts'

const server = Fastify(options)
await server.register(app, { env: { JWT__SECRET: 'a secret of a test, of 32 bytes or more', DATABASE_URL: 'sqlite::memory:' }, envFile: null, settings: { underPressure: { maxEventLoopDelay: 0 } } })
await server.listen({ port: 0, host: '127.0.0.1' })
process.send?.(server.server.address())
