/**
 * Empty databases for rounds: files of SQLite, and two databases of PostgreSQL of their own.
 *
 * @module
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Place } from './rounds.ts'

const SERVER = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test'

async function ask (url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** The places that can be reached. */
export async function places (): Promise<Array<Place & { drop (): Promise<void> }>> {
  const folder = mkdtempSync(join(tmpdir(), 'apikit-migrations-'))
  let files = 0
  const file = (): string => `sqlite:${join(folder, `${++files}.db`)}`
  const all: Array<Place & { drop (): Promise<void> }> = [{ dialect: 'sqlite', urls: async () => [file(), file()], drop: async () => { rmSync(folder, { recursive: true }) } }]
  const postgres = await ownDatabase()
  if (postgres === undefined) return all
  const schemas = ['a', 'b'] as const
  all.push({
    dialect: 'postgres',
    async urls () {
      for (const schema of schemas) await ask(postgres.url, `drop schema if exists ${schema} cascade; create schema ${schema}`)
      // Nothing here need outlive its server.
      const [a, b] = schemas.map(schema => `${postgres.url}?options=-csearch_path%3D${schema}%20-csynchronous_commit%3Doff`)
      return [String(a), String(b)]
    },
    drop: postgres.drop
  })
  return all
}

/** A database of PostgreSQL that nobody else fills with tables. */
async function ownDatabase (): Promise<{ readonly url: string, drop (): Promise<void> } | undefined> {
  const name = `apikit_migrations_${process.pid}`
  try {
    await ask(SERVER, `drop database if exists ${name} with (force)`)
    await ask(SERVER, `create database ${name}`)
  } catch (error) {
    console.log(`PostgreSQL is left out: ${Object(error).message}`)
    return undefined
  }
  const url = new URL(SERVER)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => ask(SERVER, `drop database ${name} with (force)`) }
}
