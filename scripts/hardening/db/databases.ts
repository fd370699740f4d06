import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

export interface TriedDatabase {
  readonly dialect: 'sqlite' | 'postgres'
  readonly url: string
  drop (): Promise<void>
}

export const SERVER = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test'

/** A file of its own, and a schema of its own. */
export async function databases (): Promise<TriedDatabase[]> {
  const folder = mkdtempSync(join(tmpdir(), 'apikit-hardening-'))
  const found: TriedDatabase[] = [{ dialect: 'sqlite', url: `sqlite:${join(folder, 'app.db')}`, drop: async () => { rmSync(folder, { recursive: true }) } }]
  const schema = `hardening_${process.pid}`
  try {
    await run(`create schema ${schema}`)
    found.push({ dialect: 'postgres', url: `${SERVER}?options=-csearch_path%3D${schema}`, drop: () => run(`drop schema ${schema} cascade`) })
  } catch (error) {
    console.log(`PostgreSQL is left out: ${Object(error).message}`)
  }
  return found
}

/** Runs a statement on a connection of its own. */
export async function run (sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
