import { defineEntity, MikroORM, p } from '@mikro-orm/core'
import { dialect, postgresUrl, schema, sqlitePath } from '../apps/database/data.ts'
import { POSTGRES, serve, SQLITE } from './database.js'
import pg from 'pg'

const isSqlite = dialect === 'sqlite'

const User = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    id: p.integer().primary(),
    name: p.text(),
    email: p.text(),
    hashed_password: p.text().fieldName('hashed_password'),
    is_active: p.boolean().fieldName('is_active').default(true),
    settings: p.json(),
    created_at: isSqlite
      ? p.text().fieldName('created_at').onCreate(() => new Date().toISOString())
      : p.datetime(3).fieldName('created_at').onCreate(() => new Date())
  }
})

export default async function listen () {
  if (!isSqlite) {
    const client = new pg.Client({ connectionString: postgresUrl })
    await client.connect()
    await client.query(`create schema ${schema}`)
    await client.query(POSTGRES)
    await client.end()
  }
  const { SqliteDriver } = isSqlite ? await import('@mikro-orm/sqlite') : {}
  const { PostgreSqlDriver } = isSqlite ? {} : await import('@mikro-orm/postgresql')
  const orm = await MikroORM.init(isSqlite
    ? { driver: SqliteDriver, dbName: sqlitePath(), entities: [User] }
    : { driver: PostgreSqlDriver, clientUrl: postgresUrl, schema, entities: [User], pool: { max: 10 } })
  if (isSqlite) {
    const connection = orm.em.getConnection()
    await connection.execute('pragma journal_mode = wal')
    await connection.execute('pragma synchronous = normal')
    await connection.execute(SQLITE)
  }
  return serve({
    find: id => orm.em.fork().findOne(User, { id }),
    insert: data => orm.em.fork().transactional(async em => {
      const user = em.create(User, data)
      em.persist(user)
      await em.flush()
      return user
    })
  })
}
