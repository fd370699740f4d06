/**
 * What is to be done to make the tables of a database what `table()` says, as the text of a migration. It is there to be read.
 *
 * @module
 */

import type { Database } from '../../sessions/database.ts'
import { askOf } from '../ask.ts'
import { compareIn, looking } from './compare.ts'
import { BLIND, lookOf } from './look.ts'
import { planOf } from './plan.ts'
import { comment, type Step } from './step.ts'
import type { Steps } from './writer.ts'

/**
 * Compares the tables that are known with those of the database, part by part and in the database's own words.
 *
 * Only what `table()` says is changed. What the code has never declared is left alone, and listed in comments. What it declared
 * when the database was last migrated, and does not any more, is dropped, with a comment that says how many rows hold something.
 *
 * ```ts
 * const steps = await diff(app.db)
 * if (steps !== undefined) await writeMigration({ title: 'diff', folder, specifier: 'fastify-apikit/db', steps })
 * ```
 *
 * @returns `undefined` when nothing is to be done
 * @throws APIKIT_ERR_MIGRATION when a table cannot be made as it is declared
 */
export async function diff<DB> (db: Database<DB>): Promise<Steps | undefined> {
  return looking(db, async session => {
    const ask = askOf(session)
    const comparison = await compareIn(session, db.tables)
    const { steps, alone, transaction, batchFrom } = await planOf(comparison, lookOf(ask, comparison))
    if (steps.length === 0) return undefined
    return {
      up: [...linesOf(steps.slice(0, batchFrom), 'up'), ...batchFrom === undefined ? [] : batched(linesOf(steps.slice(batchFrom), 'up')), ...alone.length === 0 ? [] : ['// Left alone, as table() does not say it:', ...alone.map(comment)]],
      down: [...batchFrom === undefined ? [] : batched(linesOf(steps.slice(batchFrom).toReversed(), 'down')), ...linesOf(steps.slice(0, batchFrom).toReversed(), 'down')],
      ...transaction !== undefined && { transaction }
    }
  })
}

/**
 * Lists what only the database has, and the code has never declared: `diff` leaves it alone, also where nothing is to be done.
 *
 * @returns a line for each table, column, constraint, view …, with the call that drops it where there is one
 * @throws APIKIT_ERR_MIGRATION when a table cannot be made as it is declared
 */
export async function leftAlone<DB> (db: Database<DB>): Promise<string[]> {
  return looking(db, async session => [...(await planOf(await compareIn(session, db.tables), BLIND)).alone])
}

function linesOf (steps: readonly Step[], direction: keyof Step): string[] {
  return steps.flatMap(step => step[direction])
}

function batched (lines: readonly string[]): string[] {
  return ['await schema.batch(async schema => {', ...lines.map(line => line.replaceAll(/^/gm, '  ')), '})']
}
