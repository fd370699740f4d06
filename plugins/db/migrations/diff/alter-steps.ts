/**
 * The step that changes one column, with what it may lose.
 *
 * @module
 */

import { raw } from '../../tables/raw.ts'
import type { Dialect } from '../../tables/dialect.ts'
import type { Column } from '../../tables/table-types.ts'
import type { CatalogColumn } from '../catalog.ts'
import { code, columnCode } from '../code.ts'
import type { Look } from './look.ts'
import type { Attribute, ChangedColumn } from '../match.ts'
import { comment, type Step } from './step.ts'
import { holdsAll } from '../postgres/type-losses.ts'

export interface AlterContext {
  readonly table: string
  readonly dialect: Dialect
  readonly look: Look
  readonly refused: (what: string, column: string, isRetyped: boolean) => Promise<string[]>
  readonly code: (column: CatalogColumn) => string
}

/** The zone in which times without one are read: without a word, PostgreSQL takes that of the session. */
function usingOf (name: string, from: string, to: string): string | undefined {
  const zones = [from, to].map(type => /^timestamp(\(\d\))? with time zone$/.test(type) ? 'with' : /^timestamp(\(\d\))? without time zone$/.test(type) ? 'without' : '')
  return zones.includes('') || zones[0] === zones[1] ? undefined : `"${name.replaceAll('"', '""')}" at time zone 'UTC'`
}

const COLLATABLE = /^(?:text|character varying|character)\b[^[]*$/

/** Changes what differs of a column. */
export async function alterStep (column: Column, { name, before, after, silent }: ChangedColumn, only: readonly Attribute[], context: AlterContext): Promise<Step> {
  const { table, look, refused } = context
  const isTyped = only.includes('type') || only.includes('collate')
  const options = (from: string, to: string): string => {
    const using = isTyped ? usingOf(name, from, to) : undefined
    return code({ only: [...only], using })
  }
  const kept = silent.includes('default') && !only.includes('default') && before.default !== undefined && after.identity === undefined ? raw(before.default) : undefined
  // Without it, another type takes it off the column.
  const collate = context.dialect === 'postgres' && silent.includes('collate') && !only.includes('collate') && COLLATABLE.test(after.type) ? before.collate : undefined
  const now = columnCode({ ...column, ...collate !== undefined && { collate } }, { alone: true, ...kept !== undefined && { default: kept } })
  const alter = (text: string, from: string, to: string): string => `await schema.alterColumn(${code(table)}, ${code(name)}, ${text}, ${options(from, to)})`
  const zone = isTyped && usingOf(name, before.type, after.type) !== undefined ? [comment(`Times without a zone are taken for UTC: is that what ${table}.${name} holds?`)] : []
  const isNarrower = context.dialect === 'postgres' && only.includes('type') && !holdsAll(after.type, before.type)
  const isUncounted = context.dialect === 'postgres' && only.includes('identity') && before.identity !== undefined && after.identity === undefined
  return {
    up: [
      ...isTyped ? await refused('another type', name, true) : [], ...zone,
      ...only.includes('type') ? (await look.losses(table, before, after.type, usingOf(name, before.type, after.type))).map(comment) : [],
      ...isUncounted ? [comment(`${table}.${name} counts no more: its sequence goes. Down counts on from where it is now, or behind the largest value`)] : [],
      alter(now, before.type, after.type)
    ],
    down: [...isNarrower ? [comment(`${table}.${name}: ${after.type} becomes ${before.type}, which may change or refuse values`)] : [], alter(context.code(before), after.type, before.type)]
  }
}
