/**
 * Indexes as `table()` and `createIndex` ask for them, in SQL.
 *
 * @module
 */

import { nameOf, quoted, unqualified } from './names.ts'
import { sqlOf } from './raw.ts'
import type { IndexWords, PartShape } from './part-shape.ts'
import { columnsIn, nameIn, tokensOf } from './sql-tokens.ts'
import type { IndexKey, IndexOptions } from './table-types.ts'

function keyOf (key: string | IndexKey, columns: readonly string[]): IndexKey {
  if (typeof key !== 'string') return key
  return columns.includes(key) || !key.includes('(') ? { column: key } : { expression: key }
}

function keySql ({ column, expression, collate, opclass, desc = false, nulls }: IndexKey, dialect: 'sqlite' | 'postgres'): string {
  const what = column === undefined ? `(${expression})` : quoted(column)
  const own = dialect === 'sqlite' ? '' : opclass === undefined ? '' : ` ${opclass}`
  return `${what}${collate === undefined ? '' : ` collate ${collate}`}${own}${desc ? ' desc' : ''}${nulls === undefined || dialect === 'sqlite' ? '' : ` nulls ${nulls}`}`
}

/** As `on conflict` names it, in either database. */
export function targetSql (key: string | IndexKey, columns: readonly string[], dialect: 'sqlite' | 'postgres'): string {
  const { column, expression, collate } = keyOf(key, columns)
  return keySql({ ...column !== undefined && { column }, ...expression !== undefined && { expression }, ...collate !== undefined && { collate } }, dialect)
}

/** Names that an expression is called by: its columns, or its words. */
function nameParts ({ column, expression = '' }: IndexKey, columns: readonly string[]): string[] {
  if (column !== undefined) return [column]
  const named = columnsIn(expression, columns)
  return named.length > 0 ? named : tokensOf(expression).filter(({ kind }) => kind === 'word').map(nameIn)
}

export function indexPart (table: string, options: IndexOptions, columns: readonly string[], dialect: 'sqlite' | 'postgres'): PartShape {
  const { name, on, unique = false, where, using = 'btree', include = [], with: storage = {}, nullsNotDistinct = false } = options
  const keys = on.map(key => keyOf(key, columns))
  const given = name ?? nameOf(unqualified(table), keys.flatMap(key => nameParts(key, columns)), 'idx')
  const isPostgres = dialect === 'postgres'
  const predicate = where === undefined ? undefined : sqlOf(where, dialect)
  const settings = Object.entries(storage).map(([key, value]) => `${key} = ${String(value)}`)
  return {
    kind: 'index',
    name: given,
    isNamed: name !== undefined,
    columns: [...new Set([
      ...keys.flatMap(({ column, expression = '' }) => column === undefined ? columnsIn(expression, columns) : [column]), ...include,
      ...predicate === undefined ? [] : columnsIn(predicate, columns)
    ])],
    sql: () => [
      ...isPostgres ? [`using ${using}`] : [],
      `(${keys.map(key => keySql(key, dialect)).join(', ')})`,
      ...isPostgres && include.length > 0 ? [`include (${include.map(quoted).join(', ')})`] : [],
      ...isPostgres && nullsNotDistinct ? ['nulls not distinct'] : [],
      ...isPostgres && settings.length > 0 ? [`with (${settings.join(', ')})`] : [],
      ...predicate === undefined ? [] : [`where ${predicate}`]
    ].join(' '),
    words: { ...options, name: given, unique } satisfies IndexWords
  }
}
