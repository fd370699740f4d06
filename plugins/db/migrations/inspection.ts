/**
 * The tables that are in a database.
 *
 * @module
 */

import { CompiledQuery } from 'kysely'
import { inspectPostgres } from './inspection-postgres.ts'
import { inspectSqlite } from './inspection-sqlite.ts'
import type { Session } from '../sessions/session.ts'
import type { Dialect, TableShape } from '../tables/shape.ts'

type Row = Readonly<Record<string, unknown>>

/** Asks the database something. */
export type Ask = (sql: string, ...parameters: readonly unknown[]) => Promise<readonly Row[]>

export function askOf (session: Session<unknown>): Ask {
  return async (sql, ...parameters) => (await session.executeQuery<Row>(CompiledQuery.raw(sql, [...parameters]) as CompiledQuery<Row>)).rows
}

/** All tables but those in which migrations are kept. */
export async function inspect (ask: Ask, dialect: Dialect): Promise<TableShape[]> {
  return (await (dialect === 'sqlite' ? inspectSqlite(ask) : inspectPostgres(ask))).filter(({ name }) => !name.startsWith('apikit_migrations'))
}
