/**
 * Tables of SQLite whose text is edited: each is made anew once, however many its changes are.
 *
 * @module
 */

import { APIKIT_ERR_MIGRATION } from '../../errors.ts'
import type { Ask } from '../ask.ts'
import { readSqlite, type SqlitePart, sqliteParts } from './catalog.ts'
import { type Rebuild, rebuildTables } from './rebuild.ts'
import { readTable } from './table.ts'

/** A table as it is to be. */
export interface Drafted {
  readonly name: string
  readonly sql: string
  readonly columns: readonly string[]
  readonly parts: readonly SqlitePart[]
}

interface Draft extends Required<Rebuild> {
  /** Those that the table has by itself. */
  readonly indexes: readonly SqlitePart[]
}

export class Drafts {
  readonly ask: Ask
  readonly #found = new Map<string, readonly SqlitePart[]>()
  readonly #drafts = new Map<string, Draft>()

  constructor (ask: Ask) {
    this.ask = ask
  }

  has (table: string): boolean {
    return this.#drafts.has(table)
  }

  /** Whether a column has other values than those of the table that is there. */
  isFilled (table: string, column: string): boolean {
    const draft = this.#drafts.get(table)
    return draft !== undefined && (draft.fresh.includes(column) || Object.hasOwn(draft.fill, column))
  }

  /** @throws APIKIT_ERR_MIGRATION when there is no such table */
  async find (name: string): Promise<Drafted> {
    const draft = this.#drafts.get(name)
    if (draft !== undefined) {
      const read = readTable(draft.sql)
      const columns = read.items.filter(({ kind }) => kind === 'column').map(item => String(item.name))
      return { name, sql: draft.sql, columns, parts: [...sqliteParts(name, read, columns), ...draft.indexes] }
    }
    const table = (await readSqlite(this.ask)).tables.get(name)
    if (table === undefined) throw new APIKIT_ERR_MIGRATION(`unknown table ${name}`)
    const parts = table.parts as readonly SqlitePart[]
    this.#found.set(name, parts.filter(({ kind }) => kind === 'index'))
    return { name, sql: String(table.sql), columns: table.columns.map(({ name }) => name), parts }
  }

  /** Gives a table that was found another text. */
  edit ({ table, sql, fill = {}, columns = [], parts = [], fresh = [] }: Rebuild): void {
    const old = this.#drafts.get(table)
    this.#drafts.set(table, {
      table,
      sql,
      fill: { ...old?.fill, ...fill },
      columns: [...old?.columns ?? [], ...columns],
      parts: [...old?.parts ?? [], ...parts],
      fresh: [...old?.fresh ?? [], ...fresh],
      then: old?.then ?? [],
      indexes: old?.indexes ?? this.#found.get(table) as readonly SqlitePart[]
    })
  }

  /** Makes an index, once its table is there. */
  async createIndex (table: string, sql: string): Promise<void> {
    const draft = this.#drafts.get(table)
    if (draft === undefined) await this.ask(sql)
    else this.#drafts.set(table, { ...draft, then: [...draft.then, sql] })
  }

  /** Makes the tables that have indexes to come: one of those may be meant. */
  async flushIndexes (): Promise<void> {
    for (const { table, then } of [...this.#drafts.values()]) if (then.length > 0) await this.flush(table)
  }

  /**
   * Makes a table, or all of them.
   *
   * @throws APIKIT_ERR_MIGRATION when something would be lost
   */
  async flush (table?: string): Promise<void> {
    const drafts = [...this.#drafts.values()].filter(draft => table === undefined || draft.table === table)
    for (const { table } of drafts) this.#drafts.delete(table)
    if (drafts.length > 0) await rebuildTables(this.ask, drafts)
  }
}
