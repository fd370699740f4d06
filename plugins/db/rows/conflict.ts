/**
 * What becomes of new rows whose values another row has already.
 *
 * @module
 */

import { type OnConflictBuilder, sql } from 'kysely'
import { columnNode, expressionOf } from '../engine/nodes.ts'
import { APIKIT_ERR_TABLE } from '../errors.ts'
import { targetSql } from '../tables/index-shape.ts'
import type { Dialect } from '../tables/dialect.ts'
import type { IndexWords, PartShape } from '../tables/part-shape.ts'
import { shapeOf } from '../tables/shape.ts'
import { sqlOf } from '../tables/raw.ts'
import type { AnyTable } from '../tables/table-types.ts'
import { keyNames } from './keys.ts'

/** Which conflicts: those of columns that have a key or are unique together, or of a constraint or unique index by its name. */
export type ConflictTarget<Name extends string = string> =
  | { readonly columns: readonly Name[], readonly constraint?: never }
  | { readonly constraint: string, readonly columns?: never }

/**
 * What becomes of new rows whose values another row has already. `'nothing'`: they are left out, whatever they conflict with.
 *
 * `do: 'update'` changes the row that is there. `set` names the fields; without, all that are given, but for the key and the
 * columns of the conflict. Fields that a row does not have stay as they are.
 */
export type OnConflict<Name extends string = string> =
  | 'nothing'
  | (ConflictTarget<Name> & { readonly do: 'nothing', readonly set?: never })
  | (ConflictTarget<Name> & { readonly do: 'update', readonly set?: readonly Name[] })

type Names = Record<string, Record<string, unknown>>
type Builder = OnConflictBuilder<Names, string>

/** What an insert is told of conflicts. */
export interface Conflict {
  /** Columns by which one of the rows may conflict with another, and change it. */
  readonly columns: readonly string[] | undefined
  /** Whether rows may be left out. */
  readonly isSkipping: boolean
  /** @param fields of the rows */
  build (builder: Builder, fields: readonly string[]): unknown
}

/** What tells two rows apart, with the columns that it is of. */
function uniquePartsOf (table: AnyTable, dialect: Dialect): PartShape[] {
  return shapeOf(table, dialect).parts.filter(({ kind, words }) => kind === 'primary' || kind === 'unique' || (kind === 'index' && (words as IndexWords).unique === true))
}

/** The columns of a key, or of an index that has nothing but columns. */
function plainColumns ({ kind, words }: PartShape, table: AnyTable): readonly string[] | undefined {
  if (kind !== 'index') {
    const { primaryKey, unique } = words as { primaryKey?: { columns: readonly string[] }, unique?: { columns: readonly string[] } }
    return (primaryKey ?? unique)?.columns
  }
  const { on, where } = words as IndexWords
  const names = on.map(key => typeof key === 'string' ? key : key.column)
  return where === undefined && names.every(name => name !== undefined && Object.hasOwn(table.columns, name)) ? names as string[] : undefined
}

function problem (table: AnyTable, text: string): Error {
  return new APIKIT_ERR_TABLE(`${JSON.stringify(table.name)}: onConflict: ${text}`)
}

function partOf (table: AnyTable, { columns, constraint }: ConflictTarget, dialect: Dialect): PartShape {
  const parts = uniquePartsOf(table, dialect)
  if (columns !== undefined) {
    const wanted = JSON.stringify(columns.toSorted())
    const found = parts.find(part => JSON.stringify(plainColumns(part, table)?.toSorted()) === wanted)
    if (found !== undefined) return found
    const known = parts.flatMap(part => plainColumns(part, table)?.join(', ') ?? [])
    throw problem(table, `no key and no unique constraint is of the columns ${columns.join(', ')}. Expected: ${known.join('; ') || 'a table with one'}`)
  }
  const found = parts.find(({ name }) => name === constraint)
  if (found !== undefined) return found
  // Of PostgreSQL: an exclusion constraint.
  const other = dialect === 'postgres' ? shapeOf(table, dialect).parts.find(({ kind, name }) => kind === 'other' && name === constraint) : undefined
  if (other !== undefined) return other
  throw problem(table, `no key and no unique constraint or index has the name ${JSON.stringify(constraint)}. Expected: ${parts.map(({ name }) => name).join(', ') || 'a table with one'}`)
}

function targeted (builder: Builder, part: PartShape, table: AnyTable, dialect: Dialect): Builder {
  const plain = plainColumns(part, table)
  if (plain !== undefined && part.kind !== 'index') return builder.columns(plain as never)
  if (part.kind !== 'index') return builder.constraint(part.name)
  const words = part.words as IndexWords
  const on = builder.expression(sql.raw(words.on.map(key => targetSql(key, Object.keys(table.columns), dialect)).join(', ')))
  return words.where === undefined ? on : on.where(sql.raw(sqlOf(words.where, dialect)) as never) as unknown as Builder
}

/**
 * Returns what an insert is told.
 *
 * @throws APIKIT_ERR_TABLE when the table has no such key, constraint or column
 */
export function conflictOf (table: AnyTable, given: OnConflict, dialect: Dialect): Conflict {
  if (given === 'nothing') return { columns: undefined, isSkipping: true, build: builder => builder.doNothing() }
  const part = partOf(table, given, dialect)
  if (given.do === 'nothing') return { columns: undefined, isSkipping: true, build: builder => targeted(builder, part, table, dialect).doNothing() }
  const { set } = given
  const unknown = (set ?? []).filter(name => !Object.hasOwn(table.columns, name))
  if (unknown.length > 0) throw problem(table, `unknown column ${unknown.join(', ')} in set. Expected: ${Object.keys(table.columns).join(', ')}`)
  const { columns } = part
  const fixed = new Set([...keyNames(table), ...columns])
  return {
    columns,
    isSkipping: false,
    build (builder, fields) {
      const changed = fields.filter(name => set === undefined ? !fixed.has(name) : set.includes(name))
      const target = targeted(builder, part, table, dialect)
      // A row that has nothing to change is changed all the same, so that it is counted and returned.
      const [idle] = columns
      return target.doUpdateSet(Object.fromEntries(changed.length === 0
        ? [[idle, expressionOf(columnNode(table.name, String(idle)))]]
        : changed.map(name => [name, expressionOf(columnNode('excluded', name))])) as never)
    }
  }
}
