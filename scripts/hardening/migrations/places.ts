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
  const schemas = [`migrations_${process.pid}_a`, `migrations_${process.pid}_b`] as const
  const drop = async (): Promise<void> => { for (const schema of schemas) await ask(SERVER, `drop schema if exists ${schema} cascade`) }
  try {
    await drop()
  } catch (error) {
    console.log(`PostgreSQL is left out: ${Object(error).message}`)
    return all
  }
  all.push({
    dialect: 'postgres',
    async urls () {
      await drop()
      for (const schema of schemas) await ask(SERVER, `create schema ${schema}`)
      const [a, b] = schemas.map(schema => `${SERVER}?options=-csearch_path%3D${schema}%20-csynchronous_commit%3Doff`)
      return [String(a), String(b)]
    },
    drop
  })
  return all
}
