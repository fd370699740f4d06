/**
 * Two ways to do the same with a database, in turns.
 *
 * @module
 */

import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import pg from 'pg'
import { type AnyTable, type Database, openDatabase } from '../../../../plugins/db/index.ts'
import { dialect, postgresUrl, schema, server, sqlitePath } from '../database/data.ts'

export interface Times {
  readonly ours: number[]
  readonly theirs: number[]
}

/** Milliseconds. */
export type Clock = (work: () => Promise<unknown>) => Promise<number>

export const byWall: Clock = async work => {
  const before = performance.now()
  await work()
  return performance.now() - before
}

/** The garbage of a round is part of it. */
export async function inTurns (rounds: number, { ours, theirs, before = async () => {} }: { ours: () => Promise<unknown>, theirs: () => Promise<unknown>, before?: () => Promise<unknown> }, clock: Clock): Promise<Times> {
  const times: Times = { ours: [], theirs: [] }
  const sides = [['ours', ours], ['theirs', theirs]] as const
  // The first is the warm-up.
  for (let round = 0; round <= rounds; round++) {
    for (const [who, work] of round % 2 === 0 ? sides : sides.toReversed()) {
      await before()
      const time = await clock(work)
      if (round > 0) times[who].push(time)
    }
  }
  return times
}

async function run (sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(sql)
  await client.end()
}

/** A database of its own, which is gone when the work is done. */
export async function withDatabase<T> (tables: readonly AnyTable[], work: (db: Database, where: { readonly path: string, readonly url: string }) => Promise<T>): Promise<T> {
  const path = dialect === 'sqlite' ? sqlitePath() : ''
  if (dialect === 'postgres') await run(`drop schema if exists ${schema} cascade; create schema ${schema}`)
  const db = openDatabase({ url: dialect === 'sqlite' ? `sqlite:${path}` : postgresUrl, tables })
  try {
    await db.createTables()
    return await work(db, { path, url: postgresUrl })
  } finally {
    await db.destroy()
    if (dialect === 'postgres') await run(`drop schema ${schema} cascade`)
    else rmSync(dirname(path), { recursive: true })
  }
}
