import Database from 'better-sqlite3'
import { eq, sql } from 'drizzle-orm'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import * as p from 'drizzle-orm/pg-core'
import * as s from 'drizzle-orm/sqlite-core'
import pg from 'pg'
import { dialect, postgresUrl, schema, sqlitePath } from '../apps/database/data.ts'
import { POSTGRES, serve, SQLITE } from './database.js'

function sqlite () {
  const users = s.sqliteTable('users', {
    id: s.integer().primaryKey({ autoIncrement: true }),
    name: s.text().notNull(),
    email: s.text().notNull(),
    hashed_password: s.text().notNull(),
    is_active: s.integer({ mode: 'boolean' }).notNull().default(true),
    settings: s.text({ mode: 'json' }).notNull(),
    created_at: s.text().notNull().default(sql`(strftime('%Y-%m-%dT%H:%M:%fZ','now'))`)
  })
  const client = new Database(sqlitePath())
  client.pragma('journal_mode = wal')
  client.pragma('synchronous = normal')
  client.exec(SQLITE)
  const db = drizzleSqlite(client)
  return {
    find: id => db.select().from(users).where(eq(users.id, id)).get(),
    insert: user => db.transaction(tx => tx.insert(users).values(user).returning().get(), { behavior: 'immediate' })
  }
}

async function postgres () {
  const users = p.pgTable('users', {
    id: p.integer().primaryKey().generatedByDefaultAsIdentity(),
    name: p.text().notNull(),
    email: p.text().notNull(),
    hashed_password: p.text().notNull(),
    is_active: p.boolean().notNull().default(true),
    settings: p.jsonb().notNull(),
    created_at: p.timestamp({ withTimezone: true }).notNull().defaultNow()
  })
  const pool = new pg.Pool({ connectionString: postgresUrl, max: 10 })
  await pool.query(`create schema ${schema}`)
  await pool.query(POSTGRES)
  const db = drizzlePg(pool)
  return {
    find: async id => (await db.select().from(users).where(eq(users.id, id)))[0],
    insert: user => db.transaction(async tx => (await tx.insert(users).values(user).returning())[0])
  }
}

export default async function listen () {
  return serve(dialect === 'sqlite' ? sqlite() : await postgres())
}
