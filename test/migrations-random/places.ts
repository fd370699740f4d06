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

async function connected (url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  await client.connect()
  return client
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
      await postgres.client.query(schemas.map(schema => `drop schema if exists ${schema} cascade; create schema ${schema}`).join('; '))
      // Nothing here need outlive its server.
      const [a, b] = schemas.map(schema => `${postgres.url}?options=-csearch_path%3D${schema}%20-csynchronous_commit%3Doff`)
      return [String(a), String(b)]
    },
    drop: postgres.drop
  })
  return all
}

interface OwnDatabase {
  readonly url: string
  /** Open as long as the database is there: so nobody takes it for a leftover. */
  readonly client: pg.Client
  drop (): Promise<void>
}

const PREFIX = 'apikit_migrations_'
// Whoever makes such databases, or clears them away, does so alone.
const LOCK = 4_711_002_027

/** A database of PostgreSQL that nobody else fills with tables. */
async function ownDatabase (): Promise<OwnDatabase | undefined> {
  const name = `${PREFIX}${process.pid}`
  const url = new URL(SERVER)
  url.pathname = `/${name}`
  let server: pg.Client | undefined
  try {
    server = await connected(SERVER)
    await server.query(`select pg_advisory_lock(${LOCK})`)
    await dropLeftovers(server)
    await server.query(`create database ${name}`)
    const client = await connected(url.href)
    return {
      url: url.href,
      client,
      async drop () {
        await client.end()
        const server = await connected(SERVER)
        await server.query(`drop database ${name} with (force)`).finally(() => server.end())
      }
    }
  } catch (error) {
    console.log(`PostgreSQL is left out: ${Object(error).message}`)
    return undefined
  } finally {
    await server?.end()
  }
}

/** Of runs that were killed; those of others are in use, and PostgreSQL refuses. */
async function dropLeftovers (server: pg.Client): Promise<void> {
  const { rows } = await server.query<{ datname: string }>('select datname from pg_database where starts_with(datname, $1)', [PREFIX])
  for (const { datname } of rows) await server.query(`drop database "${datname}"`).catch(() => {})
}
