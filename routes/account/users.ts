/**
 * The account of an address and a password.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import type { Row } from '../../plugins/db/index.ts'
import { type HashingOptions, password } from '../../plugins/security/index.ts'
import type { accounts } from '../../schemas/tables.ts'

/** One account for an address, whatever its case: mailboxes that differ in it alone are nowhere two people's. */
export function addressOf (email: string): string {
  return email.toLowerCase()
}

/** Returns `undefined` for a wrong password as for an unknown address, after the same work. */
export async function userOf (db: FastifyInstance['db'], email: string, text: string, options: HashingOptions): Promise<Row<typeof accounts> | undefined> {
  // PostgreSQL has no U+0000, and would refuse to look for it.
  const user = email.includes('\0') ? undefined : await db.selectFrom('accounts').selectAll().where('email', '=', addressOf(email)).executeTakeFirst()
  const { valid, newHash } = await password.verifyAndUpdate(text, user?.hashed_password, options)
  if (!valid || user === undefined || !user.is_active) return undefined
  if (newHash !== undefined) await db.updateTable('accounts').set({ hashed_password: newHash }).where('id', '=', user.id).execute()
  return user
}
