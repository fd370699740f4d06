/**
 * Databases of PostgreSQL with all that can hang on their tables, which are changed and changed back.
 *
 * @module
 */

import type { Test } from 'tap'
import { type AnyTable, type Column, diff, pull, stamp, type Steps, table } from '../../../plugins/db/index.ts'
import { declaring, made, run } from './made.ts'
import { wholeOf } from './whole.ts'

/**
 * Pulls a database, changes its tables there and back, and compares all that is in it.
 *
 * @param only the tables that the code declares
 */
export async function thereAndBack (t: Test, statements: readonly string[], change: (tables: readonly AnyTable[]) => readonly AnyTable[], only?: readonly string[]): Promise<{ readonly steps: Steps, readonly before: readonly string[], readonly there: readonly string[] }> {
  const { db, url } = await made(t, 'postgres', statements)
  const { tables: all } = await pull(db)
  const tables = only === undefined ? all : all.filter(({ name }) => only.includes(name))
  const old = declaring(t, url, tables)
  await stamp(old)
  t.equal(await diff(old), undefined, 'is pulled')
  const before = await wholeOf(url)
  const now = declaring(t, url, change(all).filter(({ name }) => only?.includes(name) !== false))
  const steps = await diff(now) as Steps
  await run(now, steps.up)
  const there = await wholeOf(url)
  t.equal(await diff(now), undefined, 'there')
  await run(now, steps.down)
  t.same(await wholeOf(url), before, 'and back, with all that was there')
  return { steps, before, there }
}

/** A table with other columns; `undefined` takes one away. */
export function withColumns (one: AnyTable, columns: Readonly<Record<string, Column | undefined>>, options: object = {}): AnyTable {
  const all = Object.entries({ ...one.columns, ...columns }).filter((entry): entry is [string, Column] => entry[1] !== undefined)
  return table(one.name, Object.fromEntries(all), { ...one.options, ...options } as AnyTable['options'])
}

export function of (tables: readonly AnyTable[], name: string): AnyTable {
  return tables.find(table => table.name === name) as AnyTable
}
