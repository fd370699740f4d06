import 'reflect-metadata'
import pg from 'pg'
import { DataSource, EntitySchema } from 'typeorm'
import { dialect, postgresUrl, schema, sqlitePath } from '../apps/database/data.ts'
import { POSTGRES, serve, SQLITE } from './database.js'

const isSqlite = dialect === 'sqlite'

const User = new EntitySchema({
  name: 'User',
  tableName: 'users',
  columns: {
    id: { type: 'integer', primary: true, generated: true },
    name: { type: 'text' },
    email: { type: 'text' },
    hashed_password: { type: 'text' },
    is_active: { type: 'boolean', default: true },
    settings: { type: isSqlite ? 'simple-json' : 'jsonb' },
    created_at: isSqlite ? { type: 'text', default: () => "(strftime('%Y-%m-%dT%H:%M:%fZ','now'))" } : { type: 'timestamptz', default: () => 'now()' }
  }
})

export default async function listen () {
  if (!isSqlite) {
    const client = new pg.Client({ connectionString: postgresUrl })
    await client.connect()
    await client.query(`create schema ${schema}`)
    await client.end()
  }
  const source = await new DataSource(isSqlite
    ? { type: 'better-sqlite3', database: sqlitePath(), enableWAL: true, entities: [User] }
    : { type: 'postgres', url: postgresUrl, schema, entities: [User], extra: { max: 10 } }).initialize()
  if (isSqlite) await source.query('pragma synchronous = normal')
  await source.query(isSqlite ? SQLITE : POSTGRES)
  return serve({
    find: id => source.getRepository(User).findOneBy({ id }),
    insert: user => source.transaction(manager => manager.save(User, manager.create(User, user)))
  })
}
