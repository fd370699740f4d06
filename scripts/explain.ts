/**
 * Prints what is registered where in the reference app, or what happens to the requests of one of its routes:
 * `node scripts/explain.ts [GET /items/:id]`.
 *
 * @module
 */

import Fastify from 'fastify'
import app, { options } from '../app.ts'
import { explain } from '../plugins/index.ts'

const server = Fastify(options)
try {
  // What stands in the database is of no interest here.
  await server.register(app, { settings: { databaseUrl: 'sqlite::memory:' } })
  await server.ready()
  const route = process.argv.slice(2).join(' ')
  process.stdout.write(explain(server, route === '' ? undefined : route))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  await server.close()
}
