/**
 * Fills the reference app's database with data to look at: `npm run seed`. What is there already stays as it is.
 *
 * @module
 */

import Fastify from 'fastify'
import app, { options } from '../app.ts'
import { users } from '../schemas/tables.ts'
import { up } from '../plugins/db/index.ts'

/** Users of the section database have no password. */
const NO_PASSWORD = '!'

const PEOPLE = [
  { email: 'alice@example.com', is_active: true },
  { email: 'bob@example.com', is_active: true },
  { email: 'carol@example.com', is_active: false }
]

const server = Fastify(options)
try {
  await server.register(app)
  await up(server.db)
  const made = await server.db.session(db => db.insertInto(users.name)
    .values(PEOPLE.map(person => ({ ...person, hashed_password: NO_PASSWORD })))
    .onConflict(conflict => conflict.column('email').doNothing())
    .returning('email')
    .execute())
  process.stdout.write(`${made.length} of ${PEOPLE.length} users made${made.length === 0 ? '' : `: ${made.map(({ email }) => email).join(', ')}`}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  await server.close()
}
