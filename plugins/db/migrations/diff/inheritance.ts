/**
 * Tables of PostgreSQL that inherit from others: their columns are added, dropped, renamed and given another type in the parent
 * alone, which changes them with its own.
 *
 * @module
 */

import { inOrder } from '../../tables/order.ts'
import type { CatalogColumn } from '../catalog.ts'
import type { Declared } from '../declared.ts'
import type { TableMatch } from '../match.ts'
import type { Renames } from './renames.ts'

function columnOf (columns: readonly CatalogColumn[] | undefined, name: string): CatalogColumn | undefined {
  return columns?.find(column => column.name === name)
}

/** What the tables of a parent and of a child must have alike. */
function kindOf ({ type, collate, computed }: CatalogColumn): string {
  return `${type}${collate === undefined ? '' : ` collate ${collate}`}${computed === undefined ? '' : ` generated as ${computed.as}`}`
}

class Family {
  readonly #matches: ReadonlyMap<string, TableMatch>
  readonly #declared: Declared
  readonly #renames: Renames
  readonly problems: string[] = []
  /** Columns of parents that tables keep which inherit them: `ONLY` the parent loses them. */
  readonly detached = new Map<string, Set<string>>()

  constructor (matches: readonly TableMatch[], declared: Declared, renames: Renames) {
    this.#matches = new Map(matches.map(match => [match.table.name, match]))
    this.#declared = declared
    this.#renames = renames
  }

  #parents ({ before }: TableMatch): TableMatch[] {
    return (before.inherits?.parents ?? []).flatMap(parent => this.#matches.get(parent) ?? [])
  }

  /** Columns that the parent changes in this table, too, and those that it keeps here. */
  of (match: TableMatch): { readonly follows: ReadonlySet<string>, readonly stuck: ReadonlySet<string> } {
    const { table, before, after, added } = match
    const parents = this.#parents(match)
    const found = new Set<string>()
    const stuck = new Set<string>()
    this.#refuseRenames(match, parents)
    for (const name of before.inherits?.columns.keys() ?? []) {
      const parent = parents.find(one => columnOf(one.before.columns, name) !== undefined)
      const now = columnOf(after.columns, name)
      const inParent = columnOf(parent?.after.columns, name)
      const isDropped = parent !== undefined && inParent === undefined && this.#declared.has(parent.table.name, 'column', name)
      if (now === undefined) {
        if (!isDropped) stuck.add(name)
        else if (before.inherits?.columns.get(name) !== true) found.add(name)
      } else if (isDropped) this.#detach(parent.table.name, name)
      else {
        found.add(name)
        const was = columnOf(before.columns, name) as CatalogColumn
        const wanted = inParent ?? was
        if (kindOf(wanted) !== kindOf(now)) this.problems.push(`${table.name}.${name} is ${kindOf(now)} in table(), and inherits ${kindOf(wanted)} from ${parent?.table.name ?? before.inherits?.parents.join(', ')}. Declare ${inParent === undefined ? `it as it is, or change it in ${String(before.inherits?.parents[0])}` : 'both alike'}`)
      }
    }
    for (const name of added) {
      const parent = parents.find(one => one.added.includes(name))
      if (parent === undefined) continue
      found.add(name)
      const [wanted, now] = [columnOf(parent.after.columns, name), columnOf(after.columns, name)] as [CatalogColumn, CatalogColumn]
      if (kindOf(wanted) !== kindOf(now)) this.problems.push(`${table.name}.${name} is ${kindOf(now)} in table(), and would inherit ${kindOf(wanted)} from ${parent.table.name}. Declare both alike`)
    }
    return { follows: found, stuck }
  }

  #detach (parent: string, column: string): void {
    this.detached.set(parent, (this.detached.get(parent) ?? new Set()).add(column))
  }

  #refuseRenames ({ table, before }: TableMatch, parents: readonly TableMatch[]): void {
    const inherited = before.inherits?.columns
    const own = this.#renames.columns.get(table.name)
    const ofParents = new Map(parents.flatMap(parent => [...this.#renames.columns.get(parent.table.name) ?? []]))
    for (const [from, to] of own ?? []) {
      if (inherited?.has(to) === true && ofParents.get(from) !== to) this.problems.push(`${table.name}.${from} is inherited from ${before.inherits?.parents.join(', ')}: rename it there, too, or not at all`)
    }
    for (const [from, to] of ofParents) {
      // With a rename of its own, it has the new name here.
      if (inherited?.has(from) === true) this.problems.push(`${table.name}.${from} is inherited, and renamed to ${to} in its parent. Give it that name, and renamedFrom: '${from}', in ${table.name}, too`)
    }
  }
}

/** Says which columns follow their parents, and which tables are declared other than they can be while they inherit. Parents come first. */
export function withFamilies (matches: readonly TableMatch[], declared: Declared, renames: Renames): { readonly matches: readonly TableMatch[], readonly refused: readonly string[] } {
  if (!matches.some(({ before }) => before.inherits !== undefined)) return { matches, refused: [] }
  const family = new Family(matches, declared, renames)
  const ordered = inOrder(matches.map(match => ({ name: match.table.name, match, targets: [...match.before.inherits?.parents ?? []] })))
  const followed = ordered.map(({ match }) => ({ ...match, ...family.of(match) }))
  return { matches: followed.map(match => ({ ...match, detached: family.detached.get(match.table.name) ?? new Set() })), refused: family.problems }
}

/** Columns that a parent renames here, too. */
export function followsRename ({ columns }: Renames, inherits: { readonly parents: readonly string[] } | undefined, from: string, to: string): boolean {
  return inherits?.parents.some(parent => columns.get(parent)?.get(from) === to) === true
}
