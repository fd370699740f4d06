/**
 * Whether two texts mean the same to SQLite, which keeps text as it was typed: it does when it compiles the same program
 * of them, whatever the spacing, quotes, case and parentheses.
 *
 * @module
 * @see https://www.sqlite.org/opcode.html
 */

import { loadSqlite } from '../../engine/sqlite/module.ts'
import { columnSql } from '../../tables/ddl.ts'
import { quoted } from '../../tables/shape.ts'
import { tokensOf } from '../../tables/sql-tokens.ts'
import type { CatalogColumn } from '../catalog.ts'

type Kind = 'check' | 'index' | 'default' | 'computed'

/** Compiles writes and reads of a table `t`, alone in a database, so that pages have equal numbers. */
function programOf (statements: readonly string[], columns: readonly string[]): string {
  const Memory = loadSqlite()
  const db = new Memory(':memory:', { enableForeignKeyConstraints: false })
  try {
    for (const sql of statements) db.exec(sql)
    const insert = columns.length === 0 ? 'default values' : `(${columns.map(quoted).join(', ')}) values (${columns.map(() => '?').join(', ')})`
    const update = columns.length === 0 ? [] : [`update t set ${columns.map(name => `${quoted(name)} = ?`).join(', ')}`]
    return [`insert into t ${insert}`, ...update, 'select * from t', 'delete from t'].flatMap(sql => db.prepare(`explain ${sql}`).all().map(({ opcode, p1, p2, p3, p4, p5 }) =>
      // The text of an unnamed check is the name that it fails by.
      opcode === 'Halt' ? `Halt ${String(p1)}` : opcode === 'Explain' || opcode === 'Transaction' ? '' : [opcode, p1, p2, p3, p4, p5].join(' '))).join('\n')
  } finally {
    db.close()
  }
}

function statementsOf (columns: readonly CatalogColumn[], kind: Kind, text: string, own: CatalogColumn | undefined): string[] {
  const lines = columns.map(column => columnSql({ ...column, identity: undefined, default: undefined }, 'sqlite'))
  if (own !== undefined) {
    const rest = kind === 'default' ? ` default ${text}` : ` generated always as (${text}) ${own.computed?.stored === true ? 'stored' : 'virtual'}`
    lines.push(`${quoted(own.name)} ${own.type}${rest}`)
  }
  if (kind === 'check') lines.push(text)
  return [`create table t (${lines.join(', ')})`, ...kind === 'index' ? [text] : []]
}

/**
 * Compares two texts.
 *
 * @param columns that they may name
 * @param own the column of a default, or of what is computed
 */
export function sameInSqlite (columns: readonly CatalogColumn[], kind: Kind, a: string, b: string, own?: CatalogColumn): boolean {
  // Programs are printed without the bytes of a blob.
  if ([a, b].some(text => tokensOf(text).some(({ kind, text }) => kind === 'text' && /^x/i.test(text)))) return false
  const written = columns.filter(({ computed }) => computed === undefined).map(({ name }) => name)
  try {
    const [one, other] = [a, b].map(text => programOf(statementsOf(columns, kind, text, own), written))
    return one === other
  } catch {
    // Functions of an extension, which this database does not have.
    return false
  }
}
