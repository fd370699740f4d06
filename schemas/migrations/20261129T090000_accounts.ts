import { column, type Migration } from '../../plugins/db/index.ts'

export const up: Migration['up'] = async schema => {
  await schema.createTable('accounts', {
    id: column.id(),
    email: column.text({ unique: true }),
    hashed_password: column.text(),
    is_active: column.boolean({ default: true })
  })
}

export const down: Migration['down'] = async schema => {
  await schema.dropTable('accounts')
}
