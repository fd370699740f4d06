/**
 * The scratch of SQLite: a database in memory.
 *
 * @module
 */

import { CompiledQuery } from 'kysely'
import { SqliteConnection } from '../../engine/sqlite/connection.ts'
import { loadSqlite } from '../../engine/sqlite/module.ts'
import { indexSql, tableStatements } from '../../tables/ddl.ts'
import type { IndexWords } from '../../tables/part-shape.ts'
import { partOf } from '../../tables/parts.ts'
import { quoted, quotedPath, type TableShape } from '../../tables/shape.ts'
import type { Ask } from '../ask.ts'
import type { Catalog, CatalogColumn, CatalogPart, CatalogTable } from '../catalog.ts'
import { readSqlite } from './catalog.ts'
import { cannotBeMade, renamedKeys, type Scratch } from '../scratch.ts'
import { sameInSqlite } from './programs.ts'

export class SqliteScratch implements Scratch {
  readonly #connection: SqliteConnection
  readonly #ask: Ask
  catalog: Catalog = { tables: new Map(), enums: new Map(), domains: new Map() }

  constructor () {
    const Memory = loadSqlite()
    this.#connection = new SqliteConnection(new Memory(':memory:', { enableForeignKeyConstraints: false }))
    this.#ask = async (sql, ...parameters) => this.#connection.run<Record<string, unknown>>(CompiledQuery.raw(sql, [...parameters])).rows
  }

  async fill (shapes: readonly TableShape[]): Promise<void> {
    for (const shape of shapes) {
      const { table, indexes } = tableStatements(shape, 'sqlite')
      try {
        for (const sql of [table, ...indexes]) this.#connection.exec(sql)
      } catch (error) {
        throw cannotBeMade(shape.name, error)
      }
    }
    this.catalog = await readSqlite(this.#ask)
  }

  async renamed (table: CatalogTable, to: string, columns: ReadonlyMap<string, string>): Promise<CatalogTable> {
    const Memory = loadSqlite()
    const scratch = new SqliteConnection(new Memory(':memory:', { enableForeignKeyConstraints: false }))
    const names = table.columns.map(({ name }) => name)
    try {
      scratch.exec(String(table.sql))
      for (const { words, kind } of table.parts) if (kind === 'index') scratch.exec(indexSql(quotedPath(table.name), partOf(table.name, words, names, 'sqlite')))
      for (const [from, now] of columns) scratch.exec(`alter table ${quoted(table.name)} rename column ${quoted(from)} to ${quoted(now)}`)
      if (to !== table.name) scratch.exec(`alter table ${quoted(table.name)} rename to ${quoted(to)}`)
      const read = (await readSqlite(async sql => scratch.run<Record<string, unknown>>(CompiledQuery.raw(sql)).rows)).tables.get(to) as CatalogTable
      const rest = read.parts.filter(({ kind }) => kind !== 'foreign')
      return { ...read, parts: [...rest, ...renamedKeys(table, columns)], alone: table.alone }
    } finally {
      scratch.close()
    }
  }

  async isSamePart (table: CatalogTable, a: CatalogPart, b: CatalogPart): Promise<boolean> {
    const text = ({ kind, words, name }: CatalogPart): string => {
      const shape = partOf(table.name, { ...words, name }, table.columns.map(({ name }) => name), 'sqlite')
      return kind === 'index' ? `create ${(words as IndexWords).unique === true ? 'unique ' : ''}index i on t ${shape.sql(quoted)}` : shape.sql(quoted)
    }
    return (a.kind === 'check' || a.kind === 'index') && sameInSqlite(table.columns, a.kind, text(a), text(b))
  }

  async isSameValue (table: CatalogTable, column: CatalogColumn, kind: 'default' | 'computed', a: string, b: string): Promise<boolean> {
    return sameInSqlite(table.columns.filter(({ name }) => name !== column.name), kind, a, b, column)
  }

  close (): void {
    this.#connection.close()
  }
}
