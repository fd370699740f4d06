/**
 * The tables of the code against those of the database.
 *
 * @module
 */

import type { Database } from '../../sessions/database.ts'
import type { Session } from '../../sessions/session.ts'
import type { Dialect } from '../../tables/dialect.ts'
import { shapeOf, type TableShape } from '../../tables/shape.ts'
import type { AnyTable } from '../../tables/table-types.ts'
import { askOf } from '../ask.ts'
import { type Catalog, type CatalogTable, isKept } from '../catalog.ts'
import { type Declared, readDeclared } from '../declared.ts'
import type { LabelRename } from '../postgres/enum-labels.ts'
import { withFamilies } from './inheritance.ts'
import { matchTable, type TableMatch } from '../match.ts'
import { renamesIn, type Renames, withRenames } from './renames.ts'
import { withScratch } from '../with-scratch.ts'

export interface Comparison {
  readonly dialect: Dialect
  /** The database as it is, but for what is renamed. */
  readonly actual: Catalog
  readonly desired: Catalog
  readonly renames: Renames
  /** Labels of enums that seem to be called otherwise. */
  readonly labels: readonly LabelRename[]
  readonly matches: readonly TableMatch[]
  /** What no migration can do: tables that inherit and are declared otherwise. */
  readonly refused: readonly string[]
  /** Tables that only the code has. */
  readonly missing: ReadonlyArray<{ readonly table: AnyTable, readonly shape: TableShape }>
  /** Tables that only the database has. */
  readonly unknown: readonly CatalogTable[]
  readonly declared: Declared
}

/** Compares in a session, which is left as it was. */
export async function compareIn (session: Session<unknown>, tables: readonly AnyTable[]): Promise<Comparison> {
  const { dialect } = session
  const shapes = tables.map(table => shapeOf(table, dialect))
  const ask = askOf(session)
  const declared = await readDeclared(ask, dialect)
  return withScratch(session, shapes, async ({ actual: read, labels, scratch }) => {
    const renames = renamesIn(tables, read)
    const actual = await withRenames(read, renames, scratch)
    const matches: TableMatch[] = []
    const missing: Array<Comparison['missing'][number]> = []
    for (const [at, table] of tables.entries()) {
      const shape = shapes[at] as TableShape
      const before = actual.tables.get(table.name)
      if (before === undefined) missing.push({ table, shape })
      else matches.push(await matchTable(table, shape, before, scratch.catalog.tables.get(table.name) as CatalogTable, scratch))
    }
    const names = new Set(tables.map(({ name }) => name))
    return {
      dialect,
      actual,
      desired: scratch.catalog,
      renames,
      labels,
      ...withFamilies(matches, declared, renames),
      missing,
      unknown: [...actual.tables.values()].filter(({ name }) => !names.has(name) && !isKept(name)),
      declared
    }
  })
}

/** Does some work in a transaction that is undone. */
export async function looking<DB, T> (db: Database<DB>, work: (session: Session<unknown>) => Promise<T>): Promise<T> {
  const session = db.open({ maintenance: true }) as Session<unknown>
  try {
    return await work(session)
  } finally {
    await session.rollback()
    session.end()
  }
}
