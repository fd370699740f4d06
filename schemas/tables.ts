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

/** Those who log in. Apart from `users`, which anybody may fill: a stored hash decides what its verification costs. */
export const accounts = table('accounts', {
  id: column.id(),
  email: column.text({ unique: true }),
  hashed_password: column.text({ hidden: true }),
  is_active: column.boolean({ default: true })
}, { title: 'Account' })

/** All of them, for the plugin. */
export const tables = [users, accounts] as const

declare module '../plugins/db/index.ts' {
  interface Tables extends TablesOf<typeof tables> {}
}
