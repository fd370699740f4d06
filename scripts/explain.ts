/**
 * Prints what happens to a request of a route of the app: `node scripts/explain.ts GET /items/:id`.
 *
 * @module
 */

import Fastify from 'fastify'
import app, { options } from '../app.ts'
import { explain } from '../plugins/dependencies/index.ts'

const server = Fastify(options)
try {
  // What stands in the database is of no interest here.
  await server.register(app, { settings: { databaseUrl: 'sqlite::memory:' } })
  await server.ready()
  process.stdout.write(explain(server, process.argv.slice(2).join(' ')))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  await server.close()
}
