/**
 * Data to look at, for `npm run seed`. What is in the database already stays as it is.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import '../plugins/db/index.ts'
import { users } from './tables.ts'

/** Users of the section database have no password. */
const NO_PASSWORD = '!'

const PEOPLE = [
  { email: 'alice@example.com', is_active: true },
  { email: 'bob@example.com', is_active: true },
  { email: 'carol@example.com', is_active: false }
]

/** Returns which users were made. */
export default async function seed (app: FastifyInstance): Promise<string> {
  const made = await app.db.session(db => db.insertInto(users.name)
    .values(PEOPLE.map(person => ({ ...person, hashed_password: NO_PASSWORD })))
    .onConflict(conflict => conflict.column('email').doNothing())
    .returning('email')
    .execute())
  return `${made.length} of ${PEOPLE.length} users made${made.length === 0 ? '' : `: ${made.map(({ email }) => email).join(', ')}`}`
}
