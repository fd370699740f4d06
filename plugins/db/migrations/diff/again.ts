/**
 * What hangs on constraints, columns, tables and types of PostgreSQL that go for good: the `down` of a migration puts it back, at its
 * end, when all have the names again that they had.
 *
 * @module
 */

import { type CatalogTable, isPartitioned } from '../catalog.ts'
import { attributesOf, type Remade } from './column-steps.ts'
import type { Comparison } from './compare.ts'
import type { Look } from './look.ts'
import type { TableMatch } from '../match.ts'
import { goneParts, type Move, type Moves } from './part-steps.ts'
import { againCode } from '../postgres/again.ts'
import type { Step } from './step.ts'

interface Going {
  readonly ours: readonly CatalogTable[]
  readonly remade: ReadonlyMap<string, Remade>
  readonly moves: Moves
  /** Types. */
  readonly enums: readonly string[]
}

/** Columns that go, for good or to be made anew, from partitions and tables that inherit, too. */
function lostByHeirs ({ before, follows, detached }: TableMatch, { dropped, replaced, renamed }: Remade): string[] {
  return before.columns.map(({ name }) => name).filter(name => replaced.has(name) || (dropped.has(name) && !renamed.has(name) && detached?.has(name) !== true)).filter(name => follows?.has(name) !== true)
}

/** Of columns: those that go, and those that count otherwise, or have other defaults, which partitions have of their own. */
async function ofColumns (match: TableMatch, remade: Remade, { declared }: Comparison, look: Look): Promise<string[]> {
  const { table, gone, changed, follows } = match
  const { dropped, renamed } = remade
  const all: string[] = []
  for (const name of lostByHeirs(match, remade)) for (const { statements } of await look.heirParts(table.name, name)) all.push(...statements)
  for (const { name } of gone) if (dropped.has(name) && !renamed.has(name) && follows?.has(name) !== true) all.push(...await look.sequenceAgain(table.name, name, true), ...await look.columnAgain(table.name, name))
  for (const one of changed) {
    const only = attributesOf(one, table.name, declared)
    if (only.includes('identity')) all.push(...await look.sequenceAgain(table.name, one.name, one.after.identity === undefined))
    if (only.length > 0) all.push(...await look.ownAgain(table.name, one.name))
  }
  return all
}

/** An index or key of a partitioned table takes those that its partitions have already for its own, and they go with it. */
async function ofPartitions ({ table, before, come }: TableMatch, look: Look): Promise<string[]> {
  if (!isPartitioned(before)) return []
  const all: string[] = []
  for (const { after } of come) {
    const columns = String(after.columns.toSorted())
    for (const part of await look.heirParts(table.name, String(after.columns[0]))) if (!part.isCheck && String(part.columns.toSorted()) === columns) all.push(...part.ifGone)
  }
  return all
}

/** @returns none where nothing hangs on anything */
export async function againStep (comparison: Comparison, { ours, remade, moves, enums }: Going, look: Look): Promise<Step[]> {
  const all: string[] = []
  for (const type of enums) all.push(...await look.enumAgain(type))
  for (const { name } of ours) all.push(...await look.tableAgain(name))
  for (const match of comparison.matches) {
    const { name } = match.table
    const own = remade.get(name) as Remade
    all.push(...await ofColumns(match, own, comparison, look), ...await ofPartitions(match, look))
    for (const part of goneParts(match, own, moves.get(name) as readonly Move[], comparison)) all.push(...await look.partAgain(name, part))
  }
  return all.length === 0 ? [] : [{ up: [], down: [...new Set(all)].map(againCode) }]
}

/** What partitions, and tables that inherit, had of their own on columns that are made anew. `down` has it of `againStep`. */
export async function heirSteps ({ matches }: Comparison, remade: Going['remade'], look: Look): Promise<Step[]> {
  const steps: Step[] = []
  for (const match of matches) {
    const own = remade.get(match.table.name) as Remade
    const parts = new Map<string, readonly string[]>()
    const lost = lostByHeirs(match, own)
    for (const name of lost) if (!own.freed.has(name)) for (const { what, statements } of await look.heirParts(match.table.name, name)) parts.set(what, statements)
    // What is also of a column that goes for good goes with that.
    for (const name of lost) if (!own.replaced.has(name)) for (const { what } of await look.heirParts(match.table.name, name)) parts.delete(what)
    for (const statements of parts.values()) steps.push({ up: statements.map(againCode), down: [] })
  }
  return steps
}
