/**
 * Databases that something else than the product has made, and steps that run on them.
 *
 * @module
 */

import { Type } from '@sinclair/typebox'
import type { Test } from 'tap'
import { type AnyTable, column, type Database, diff, openDatabase, raw, stamp, type Steps } from '../../../plugins/db/index.ts'
import { MigrationSchema } from '../../../plugins/db/migrations/schema.ts'
import type { Session } from '../../../plugins/db/sessions/session.ts'
import { type DialectName, emptyDatabase } from './databases.ts'

export async function made (t: Test, dialect: DialectName, statements: readonly string[]): Promise<{ db: Database, url: string }> {
  const url = await emptyDatabase(t, dialect)
  return { db: await filled(t, url, statements), url }
}

export async function filled (t: Test, url: string, statements: readonly string[]): Promise<Database> {
  const db = openDatabase({ url })
  t.teardown(() => db.destroy())
  for (const statement of statements) await db.session(async session => { await session.run(statement) })
  return db
}

export function declaring (t: Test, url: string, tables: readonly AnyTable[]): Database {
  const db = openDatabase({ url, tables })
  t.teardown(() => db.destroy())
  return db
}

/** Runs what `diff` has written. */
export async function run (db: Database, lines: readonly string[]): Promise<void> {
  // eslint-disable-next-line no-new-func -- what diff has written, as a file would run it
  const step = new Function('schema', 'column', 'raw', 'Type', `return (async () => {${lines.join('\n')}\n})()`) as (...values: unknown[]) => Promise<void>
  await db.session(async session => { await step(new MigrationSchema(session as unknown as Session<unknown>), column, raw, Type) }, { maintenance: true })
}

/** Runs a step of a migration, beside the others. */
export async function step (db: Database, work: (schema: MigrationSchema) => Promise<void>): Promise<void> {
  await db.session(async session => work(new MigrationSchema(session as unknown as Session<unknown>)), { maintenance: true })
}

/** Changes a database from some tables to others, and back: `diff` is quiet each time. */
export async function both (t: Test, url: string, from: readonly AnyTable[], to: readonly AnyTable[]): Promise<Steps> {
  const [old, now] = [declaring(t, url, from), declaring(t, url, to)]
  await stamp(old)
  const steps = await diff(now) ?? { up: [], down: [] }
  await run(now, steps.up)
  t.equal(await diff(now), undefined, 'there')
  await run(now, steps.down)
  t.equal(await diff(old), undefined, 'and back')
  return steps
}
