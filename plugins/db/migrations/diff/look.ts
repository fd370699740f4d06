/**
 * What a plan asks of the database, beside its catalog: rows that hold something, what another type would lose, and what hangs on
 * something that goes. It is asked about the database as it is, by the names that the migration gives.
 *
 * @module
 */

import { quoted, quotedPath } from '../../tables/names.ts'
import type { Ask } from '../ask.ts'
import type { CatalogColumn } from '../catalog.ts'
import type { Comparison } from './compare.ts'
import { columnAgain, keepersOf, partAgain, readersOf, tableAgain } from '../postgres/again.ts'
import { sequenceStatements } from '../postgres/counting.ts'
import { enumStatements } from '../postgres/enum.ts'
import { readOwn } from '../postgres/hanging.ts'
import { type HeirPart, heirParts } from '../postgres/heirs.ts'
import { messageOf } from '../scratch.ts'
import { holdsAll, lossQuery } from '../postgres/type-losses.ts'

/** Statements that put back what hung on something: by the names that it had before the migration. */
type Again = Promise<readonly string[]>

export interface Look {
  /** How many rows hold something that is to be dropped. */
  count (table: string, column?: string): Promise<string>
  /** What another type would round or refuse. */
  losses (table: string, column: CatalogColumn, to: string, using?: string): Promise<readonly string[]>
  /** What keeps a column from being dropped, or from having another type. */
  readers (table: string, column: string, isRetyped: boolean): Promise<readonly string[]>
  /** What keeps a table from being dropped, beside others that go. */
  keepers (table: string, others: readonly string[]): Promise<readonly string[]>
  tableAgain (table: string): Again
  columnAgain (table: string, column: string): Again
  partAgain (table: string, name: string): Again
  enumAgain (type: string): Again
  /** Defaults and NOT NULL that partitions and tables that inherit have of their own. */
  ownAgain (table: string, column: string): Again
  sequenceAgain (table: string, column: string, isMade: boolean): Again
  /** What partitions, and tables that inherit and are not declared, have of their own on a column. */
  heirParts (table: string, column: string): Promise<readonly HeirPart[]>
}

const NOTHING = async (): Promise<readonly never[]> => []

/** Reads nothing: for a plan that is not written into a file. */
export const BLIND: Look = {
  count: async () => '', losses: NOTHING, readers: NOTHING, keepers: NOTHING, tableAgain: NOTHING, columnAgain: NOTHING, partAgain: NOTHING, enumAgain: NOTHING, ownAgain: NOTHING, sequenceAgain: NOTHING, heirParts: NOTHING
}

const HERE = '(here, when this was written)'

function numberIn (value: unknown): string {
  return Number(value).toLocaleString('en')
}

/** Asks the database that was compared. */
export function lookOf (ask: Ask, { dialect, renames, matches }: Comparison): Look {
  const tables = new Map([...renames.tables].map(([from, to]) => [to, from]))
  const path = (table: string): string => quotedPath(tables.get(table) ?? table)
  const was = (table: string, column: string): string => [...renames.columns.get(table) ?? []].find(([, to]) => to === column)?.[0] ?? column
  const count: Look['count'] = async (table, column) => {
    const [row] = await ask(`select count(*) as rows${column === undefined ? '' : `, count(${quoted(was(table, column))}) as held`} from ${path(table)}`)
    return column === undefined ? `${numberIn(row?.rows)} rows ${HERE}` : `${numberIn(row?.held)} of ${numberIn(row?.rows)} rows hold something ${HERE}`
  }
  if (dialect === 'sqlite') return { ...BLIND, count }
  return {
    count,
    async losses (table, { name, type }, to, using) {
      if (holdsAll(type, to)) return []
      const said = `${table}.${name}: ${type} becomes ${to}`
      for (const isComparable of [true, false]) {
        await ask('savepoint apikit_look')
        try {
          const [row] = await ask(lossQuery(path(table), was(table, name), { from: type, to, using: using?.replace(quoted(name), quoted(was(table, name))), isComparable }))
          return [`${said}, which changes or refuses values that do not fit: ${numberIn(row?.lost)} of ${numberIn(row?.rows)} rows ${HERE}`]
        } catch (error) {
          await ask('rollback to savepoint apikit_look')
          const { code } = Object(Object(error).cause ?? error)
          // Some types cannot be compared, as json.
          if (code === '42883' && isComparable) continue
          if (code === '42846') return [`${said}, which PostgreSQL cannot convert. Give alterColumn() using`]
          // Class 22: of values.
          if (String(code).startsWith('22')) return [`${said}, and at least one row does not fit: ${messageOf(error)} ${HERE}`]
        }
      }
      return [`${said}, which may change or refuse values`]
    },
    readers: (table, column, isRetyped) => readersOf(ask, path(table), was(table, column), isRetyped),
    keepers: (table, others) => keepersOf(ask, path(table), others.map(path)),
    tableAgain: table => tableAgain(ask, path(table)),
    columnAgain: (table, column) => columnAgain(ask, path(table), was(table, column)),
    partAgain: (table, name) => partAgain(ask, path(table), name),
    enumAgain: type => enumStatements(ask, quotedPath(type)),
    async ownAgain (table, column) {
      const { defaults, notNull } = await readOwn(ask, path(table), was(table, column))
      return [...defaults, ...notNull]
    },
    sequenceAgain: (table, column, isMade) => sequenceStatements(ask, path(table), was(table, column), isMade),
    heirParts: (table, column) => heirParts(ask, path(table), was(table, column), matches.map(({ table }) => path(table.name)))
  }
}
