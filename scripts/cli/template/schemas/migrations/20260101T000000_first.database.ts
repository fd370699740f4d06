import { column, type Migration } from 'fastify-apikit/db'

export const up: Migration['up'] = async schema => {
  await schema.createTable('items', {
    id: column.id(),
    name: column.text(),
    price: column.real()
  })
  // if auth
  await schema.createTable('users', {
    id: column.id(),
    email: column.text({ unique: true }),
    hash: column.text()
  })
  // end
}

export const down: Migration['down'] = async schema => {
  // if auth
  await schema.dropTable('users')
  // end
  await schema.dropTable('items')
}
