/**
 * Questions to a database.
 *
 * @module
 */

import { CompiledQuery, type Kysely } from 'kysely'

export type AskedRow = Readonly<Record<string, unknown>>

/** Runs a statement and returns its rows. */
export type Ask = (sql: string, ...parameters: readonly unknown[]) => Promise<readonly AskedRow[]>

export function askOf (session: Pick<Kysely<unknown>, 'executeQuery'>): Ask {
  return async (sql, ...parameters) => (await session.executeQuery<AskedRow>(CompiledQuery.raw(sql, [...parameters]) as CompiledQuery<AskedRow>)).rows
}
