/**
 * The user of an address and a password.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import type { Row } from '../../plugins/db/index.ts'
import { password } from '../../plugins/security/index.ts'
import type { users } from '../../schemas/tables.ts'

/** `undefined` for a wrong password as for an unknown address, after the same work. */
export async function userOf (db: FastifyInstance['db'], email: string, text: string): Promise<Row<typeof users> | undefined> {
  const user = await db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst()
  // Users of the section database have no hash: nobody logs in as one of them.
  const hash = user?.hashed_password.startsWith('$') === true ? user.hashed_password : undefined
  const { valid, newHash } = await password.verifyAndUpdate(text, hash)
  if (!valid || user === undefined || !user.is_active) return undefined
  if (newHash !== undefined) await db.updateTable('users').set({ hashed_password: newHash }).where('id', '=', user.id).execute()
  return user
}
