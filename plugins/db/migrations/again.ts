/**
 * What hangs on constraints, columns, tables and types of PostgreSQL that go for good: the `down` of a migration puts it back, at its
 * end, when all have the names again that they had.
 *
 * @module
 */

import type { CatalogTable } from './catalog.ts'
import { attributesOf, type Remade } from './column-steps.ts'
import type { Comparison } from './compare.ts'
import type { Look } from './look.ts'
import type { TableMatch } from './match.ts'
import { goneParts, type Move, type Moves } from './part-steps.ts'
import { againCode } from './postgres-again.ts'
import type { Step } from './step.ts'

interface Going {
  readonly ours: readonly CatalogTable[]
  readonly remade: ReadonlyMap<string, Remade>
  readonly moves: Moves
  /** Types. */
  readonly enums: readonly string[]
}

/** Of columns: those that go, and those that count otherwise, or have other defaults, which partitions have of their own. */
async function ofColumns ({ table, gone, changed, follows }: TableMatch, { dropped, renamed }: Remade, { declared }: Comparison, look: Look): Promise<string[]> {
  const all: string[] = []
  for (const { name } of gone) if (dropped.has(name) && !renamed.has(name) && follows?.has(name) !== true) all.push(...await look.sequenceAgain(table.name, name, true), ...await look.columnAgain(table.name, name))
  for (const one of changed) {
    const only = attributesOf(one, table.name, declared)
    if (only.includes('identity')) all.push(...await look.sequenceAgain(table.name, one.name, one.after.identity === undefined))
    if (only.length > 0) all.push(...await look.ownAgain(table.name, one.name))
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
    all.push(...await ofColumns(match, own, comparison, look))
    for (const part of goneParts(match, own, moves.get(name) as readonly Move[], comparison)) all.push(...await look.partAgain(name, part))
  }
  return all.length === 0 ? [] : [{ up: [], down: [...new Set(all)].map(againCode) }]
}
