/**
 * The databases that the suite runs on: SQLite always, PostgreSQL where it can be reached (`TEST_POSTGRES_URL`, or a server on
 * this machine). Each test has a file, or a schema, of its own.
 *
 * @module
 */

import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import t, { type Test } from 'tap'
import db, { type AnyTable, type Database, type DbOptions, openDatabase } from '../../../plugins/db/index.ts'
import dependencies from '../../../plugins/dependencies/index.ts'
import errors from '../../../plugins/errors/index.ts'
import responseModel from '../../../plugins/response-model/index.ts'
import validation from '../../../plugins/validation/index.ts'
import { bare } from '../../helper.ts'

const SERVER = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test'

async function isReachable (): Promise<boolean> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 2000 })
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

export const hasPostgres = await isReachable()
if (!hasPostgres) t.comment('PostgreSQL cannot be reached: its half is skipped')

export type DialectName = 'sqlite' | 'postgres'

let schemas = 0

/** Asks PostgreSQL something beside the app. */
export async function ask (sql: string, url = SERVER): Promise<any[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** The URL of an empty database, which is gone when the test ends. */
export async function emptyDatabase (t: Test, dialect: DialectName): Promise<string> {
  if (dialect === 'sqlite') return `sqlite:${join(t.testdir({}), 'data', 'app.db')}`
  const schema = `apikit_${process.pid}_${++schemas}`
  // One of a process that was killed, and had the same number.
  await ask(`drop schema if exists ${schema} cascade; create schema ${schema}`)
  t.teardown(() => ask(`drop schema ${schema} cascade`))
  return `${SERVER}?options=-csearch_path%3D${schema}`
}

/** The same tests for both. */
export function onBoth (name: string, test: (t: Test, dialect: DialectName) => Promise<void>): void {
  for (const dialect of ['sqlite', 'postgres'] as const) {
    t.test(`${dialect}: ${name}`, { skip: dialect === 'postgres' && !hasPostgres && 'no PostgreSQL here' }, t => test(t, dialect))
  }
}

/** An app with a database and these tables in it. */
export async function appWith (t: Test, url: string, tables: readonly AnyTable[], options: DbOptions = {}): Promise<FastifyInstance> {
  const app = bare(t)
  for (const plugin of [errors, validation, responseModel, dependencies]) await app.register(plugin)
  await app.register(db, { url, tables, ...options })
  await app.db.createTables()
  return app
}

/** A database without an app. */
export async function databaseWith (t: Test, url: string, tables: readonly AnyTable[] = [], options: DbOptions = {}): Promise<Database> {
  const db = openDatabase({ url, tables, ...options })
  t.teardown(() => db.destroy())
  if (tables.length > 0) await db.createTables()
  return db
}
