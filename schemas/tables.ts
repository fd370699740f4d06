/**
 * The tables of the reference app.
 *
 * @module
 */

import { column, table, type TablesOf } from '../plugins/db/index.ts'

export const users = table('users', {
  id: column.id(),
  email: column.text({ unique: true }),
  hashed_password: column.text({ hidden: true }),
  is_active: column.boolean({ default: true })
}, { title: 'User' })

/** All of them, for the plugin. */
export const tables = [users] as const

declare module '../plugins/db/index.ts' {
  interface Tables extends TablesOf<typeof tables> {}
}
