/**
 * Work with the database as it is, and a scratch of what the code says.
 *
 * @module
 */

import type { Session } from '../sessions/session.ts'
import type { TableShape } from '../tables/shape.ts'
import { askOf } from './ask.ts'
import type { Catalog } from './catalog.ts'
import { readSqlite } from './sqlite/catalog.ts'
import type { Scratch } from './scratch.ts'
import { openTemporary, PostgresScratch, readActual } from './postgres/scratch.ts'
import { SqliteScratch } from './sqlite/scratch.ts'
import { type LabelRename, renameLabels } from './postgres/enum-labels.ts'

export interface Given {
  /** The database as it is, but for labels of enums that seem to have another name. */
  readonly actual: Catalog
  readonly labels: readonly LabelRename[]
  readonly scratch: Scratch
}

/** Reads the database, makes a scratch of what the code says, and does some work with both. */
export async function withScratch<T> (session: Session<unknown>, shapes: readonly TableShape[], work: (given: Given) => Promise<T>): Promise<T> {
  const ask = askOf(session)
  if (session.dialect === 'sqlite') {
    const actual = await readSqlite(ask)
    const scratch = new SqliteScratch()
    try {
      await scratch.fill(shapes)
      return await work({ actual, labels: [], scratch })
    } finally {
      scratch.close()
    }
  }
  await ask('savepoint apikit_scratch')
  try {
    const read = await readActual(ask, shapes)
    const labels = await renameLabels(ask, shapes, read)
    const actual = labels.length === 0 ? read : await readActual(ask, shapes)
    await openTemporary(ask)
    const scratch = new PostgresScratch(ask)
    await scratch.fill(shapes, actual)
    return await work({ actual, labels, scratch })
  } finally {
    await ask('rollback to savepoint apikit_scratch')
  }
}
