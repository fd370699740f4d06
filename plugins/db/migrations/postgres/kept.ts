/**
 * What hung on the constraints, indexes and columns that a migration has dropped: those that it makes again by the same name
 * get it back. A file that was written for one database so keeps what only another one has.
 *
 * @module
 */

import { quotedPath } from '../../tables/names.ts'
import type { Ask } from '../ask.ts'
import { type PartHanging, putBack, putBackPart, readPart } from './attached.ts'
import { type ColumnHanging, type ColumnStatistics, isStored, readColumn, readOwn, readReaders, readRetyped } from './hanging.ts'

/** Constraints and indexes that go with a column. */
const PARTS_OF = `
  select distinct coalesce(k.conname, c.relname)::text as name from pg_attribute a
    join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = a.attrelid and d.refobjsubid = a.attnum
    left join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid and k.conrelid = a.attrelid
    left join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid and c.relkind in ('i', 'I')
  where a.attrelid = $1::regclass and a.attname = $2 and (k.oid is not null or c.oid is not null)`

export class Kept {
  readonly #ask: Ask
  readonly #parts = new Map<string, PartHanging>()
  readonly #columns = new Map<string, ColumnHanging>()
  #statistics: ColumnStatistics[] = []

  constructor (ask: Ask) {
    this.#ask = ask
  }

  async #key (table: string, name: string): Promise<string> {
    const [row] = await this.#ask('select $1::regclass::oid::int8 as oid', table)
    return JSON.stringify([String(row?.oid), name])
  }

  async #dropsPart (table: string, name: string): Promise<void> {
    const hanging = await readPart(this.#ask, table, name)
    if (hanging.length > 0) this.#parts.set(await this.#key(table, name), hanging)
  }

  /** Before a constraint is dropped. */
  async dropsConstraint (table: string, name: string): Promise<void> {
    await this.#dropsPart(quotedPath(table), name)
  }

  /** Before an index is dropped, which is named in SQL. */
  async dropsIndex (path: string): Promise<void> {
    const [row] = await this.#ask('select i.indrelid::regclass::text as table, c.relname::text as name from pg_index i join pg_class c on c.oid = i.indexrelid where i.indexrelid = to_regclass($1)', path)
    if (row !== undefined) await this.#dropsPart(String(row.table), String(row.name))
  }

  /** After a constraint or an index is made. */
  async made (table: string, name: string): Promise<void> {
    if (this.#parts.size === 0) return
    const hanging = this.#parts.get(await this.#key(quotedPath(table), name))
    if (hanging !== undefined) await putBackPart(this.#ask, quotedPath(table), name, hanging)
  }

  /** Before a column is dropped, with the constraints, indexes and statistics that are of it. */
  async dropsColumn (table: string, name: string): Promise<void> {
    const on = quotedPath(table)
    for (const part of await this.#ask(PARTS_OF, on, name)) await this.#dropsPart(on, String(part.name))
    const hanging = await readColumn(this.#ask, on, name)
    this.#columns.set(await this.#key(on, name), hanging)
    this.#statistics.push(...hanging.statistics)
  }

  /** After a column is added. Statistics of several columns wait for the last of them. */
  async addsColumn (table: string, name: string): Promise<void> {
    if (this.#columns.size === 0) return
    const on = quotedPath(table)
    const hanging = this.#columns.get(await this.#key(on, name))
    if (hanging === undefined) return
    for (const sql of [...await isStored(this.#ask, on, name) ? hanging.storage : [], ...hanging.statements]) await putBack(this.#ask, sql)
    const waiting: ColumnStatistics[] = []
    for (const one of this.#statistics) {
      const rows = await this.#ask('select from pg_attribute where attrelid = $1::regclass and attname = any ($2) and not attisdropped', one.table, one.columns)
      if (rows.length < one.columns.length) waiting.push(one)
      else for (const sql of one.statements) await putBack(this.#ask, sql)
    }
    this.#statistics = waiting
  }
}

/**
 * Changes the type of a column, its default, or how it counts. PostgreSQL changes partitions and tables that inherit, too: defaults
 * that they have of their own stay, and those that ask a sequence which goes on.
 */
export async function keepingOwn (ask: Ask, table: string, column: string, what: 'nothing' | 'others' | 'all', work: () => Promise<void>): Promise<void> {
  if (what === 'nothing') return work()
  const { defaults, all } = await readOwn(ask, table, column)
  if (what === 'all') for (const { off } of all) await ask(off)
  await work()
  for (const sql of what === 'all' ? all.flatMap(({ again }) => again) : defaults) await putBack(ask, sql)
}

/** Gives a column another type, and keeps its storage, targets of statistics, and the policies and triggers that read it. */
export async function keepingRetyped (ask: Ask, table: string, column: string, work: () => Promise<void>): Promise<void> {
  const { statements, storage } = await readRetyped(ask, table, column)
  const readers = await readReaders(ask, table, column)
  const parts: Array<{ readonly name: string, readonly hanging: PartHanging }> = []
  for (const { name } of await ask(PARTS_OF, table, column)) parts.push({ name: String(name), hanging: await readPart(ask, table, String(name)) })
  for (const { off } of readers) await ask(off)
  await work()
  // PostgreSQL makes keys and indexes of partitions anew, by other names.
  for (const { name, hanging } of parts) if (hanging.length > 1) await putBackPart(ask, table, name, hanging)
  for (const sql of [...await isStored(ask, table, column) ? storage : [], ...statements, ...readers.flatMap(({ again }) => again)]) await putBack(ask, sql)
}
