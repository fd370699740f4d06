/**
 * Questions to a database.
 *
 * @module
 */

import { CompiledQuery } from 'kysely'
import type { Session } from '../sessions/session.ts'

export type AskedRow = Readonly<Record<string, unknown>>

/** Runs a statement and returns its rows. */
export type Ask = (sql: string, ...parameters: readonly unknown[]) => Promise<readonly AskedRow[]>

export function askOf (session: Session<unknown>): Ask {
  return async (sql, ...parameters) => (await session.executeQuery<AskedRow>(CompiledQuery.raw(sql, [...parameters]) as CompiledQuery<AskedRow>)).rows
}
