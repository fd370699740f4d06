/**
 * Runs the tasks of the reference app in a process of its own: `npm run worker`. The app itself is then started with
 * `TASKS__WORK=false`. On SIGTERM and SIGINT it takes no new task, and ends when those that run are done.
 *
 * @module
 */

import Fastify from 'fastify'
import app, { options } from '../app.ts'

const server = Fastify({ ...options, logger: { level: process.env.LOG_LEVEL ?? 'info' } })
await server.register(app, { settings: { tasks: { work: true } } })
await server.ready()
server.log.info('The worker is ready')

let isClosing = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Told twice: at once.
    if (isClosing) process.exit(1)
    isClosing = true
    server.log.info(`${signal}: no new tasks`)
    server.close().then(() => { process.exit(0) }, error => {
      server.log.error({ err: error }, 'the worker could not be closed')
      process.exit(1)
    })
  })
}
