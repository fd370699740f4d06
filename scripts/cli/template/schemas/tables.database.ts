import { column, table, type TablesOf } from 'fastify-apikit/db'

export const items = table('items', {
  id: column.id(),
  name: column.text(),
  price: column.real()
}, { title: 'Item' })

// if auth
export const users = table('users', {
  id: column.id(),
  email: column.text({ unique: true }),
  hash: column.text({ hidden: true })
}, { title: 'User' })

// end
/** All of them. After a change: `npx fastify-apikit migrate diff NAME` writes the migration. */
// if auth
export const tables = [items, users] as const
// else
export const tables = [items] as const
// end

declare module 'fastify-apikit/db' {
  interface Tables extends TablesOf<typeof tables> {}
}
