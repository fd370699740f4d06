/**
 * What the code says of a table against what the database has: which parts are the same, under which names ever, which are
 * missing, and which only the database has.
 *
 * @module
 */

import type { PartShape } from '../tables/part-shape.ts'
import type { TableShape } from '../tables/shape.ts'
import type { AnyTable, Column } from '../tables/table-types.ts'
import type { CatalogColumn, CatalogPart, CatalogTable } from './catalog.ts'
import type { Scratch } from './scratch.ts'

/** What differs of a column. */
export type Attribute = 'type' | 'collate' | 'null' | 'default' | 'identity' | 'computed'

export interface ChangedColumn {
  readonly name: string
  readonly before: CatalogColumn
  readonly after: CatalogColumn
  readonly only: readonly Attribute[]
  /** Only the database has it, and the code says nothing of it. */
  readonly silent: readonly Attribute[]
}

export interface SamePart {
  readonly before: CatalogPart
  readonly after: CatalogPart
  readonly shape: PartShape
}

export interface TableMatch {
  readonly table: AnyTable
  readonly shape: TableShape
  readonly before: CatalogTable
  readonly after: CatalogTable
  readonly added: readonly string[]
  /** Columns that only the database has. */
  readonly gone: readonly CatalogColumn[]
  readonly changed: readonly ChangedColumn[]
  readonly same: readonly SamePart[]
  readonly come: ReadonlyArray<Omit<SamePart, 'before'>>
  /** Parts that only the database has. */
  readonly left: readonly CatalogPart[]
  /** Columns that are changed with those of a table that this one inherits from. */
  readonly follows?: ReadonlySet<string>
  /** Columns that the code does not say any more, and that are inherited all the same. */
  readonly stuck?: ReadonlySet<string>
  /** Columns that it loses, and tables keep that inherit from it. */
  readonly detached?: ReadonlySet<string>
}

/** Names of columns are the same in any case in SQLite alone, whose tables tell them as they were written. */
function columnIn (table: CatalogTable, name: string): CatalogColumn | undefined {
  return table.columns.find(column => column.name === name)
}

async function attributesOf (table: CatalogTable, before: CatalogColumn, after: CatalogColumn, declared: Column, scratch: Scratch): Promise<Pick<ChangedColumn, 'only' | 'silent'>> {
  const only: Attribute[] = []
  const silent: Attribute[] = []
  if (before.type !== after.type) only.push('type')
  if (before.collate !== after.collate) (declared.collate === undefined ? silent : only).push('collate')
  if (before.notNull !== after.notNull) only.push('null')
  if (!isSameIdentity(before, after, declared)) (declared.made === undefined && declared.kind !== 'id' ? silent : only).push('identity')
  if (before.default !== after.default && !(before.default !== undefined && after.default !== undefined && await scratch.isSameValue(table, after, 'default', before.default, after.default))) {
    (after.default === undefined ? silent : only).push('default')
  }
  const [was, now] = [before.computed, after.computed]
  const isSame = was?.stored === now?.stored && (was?.as === now?.as || (was !== undefined && now !== undefined && await scratch.isSameValue(table, after, 'computed', was.as, now.as)))
  if (!isSame) (now === undefined ? silent : only).push('computed')
  return { only, silent }
}

/** `id()` and `'identity'` are any way of counting; the others ask for one. */
function isSameIdentity (before: CatalogColumn, after: CatalogColumn, { made }: Column): boolean {
  return before.identity === after.identity || (made === 'identity' && before.identity !== undefined)
}

/** A key of the same columns: what names ask for is in the words. */
function isEqual (a: CatalogPart, b: CatalogPart): boolean {
  if (a.isUniqueOf !== undefined && a.isUniqueOf === b.isUniqueOf) return true
  return a.kind === b.kind && a.definition === b.definition
}

/** Of several that are equal, the one of the name that the code says. */
function take (from: Set<CatalogPart>, part: CatalogPart, isFit: (one: CatalogPart) => boolean): CatalogPart | undefined {
  const fit = [...from].filter(isFit)
  const found = fit.find(({ name }) => name === part.name) ?? fit[0]
  if (found !== undefined) from.delete(found)
  return found
}

export async function matchTable (table: AnyTable, shape: TableShape, before: CatalogTable, after: CatalogTable, scratch: Scratch): Promise<TableMatch> {
  const changed: ChangedColumn[] = []
  for (const column of after.columns) {
    const was = columnIn(before, column.name)
    if (was === undefined) continue
    const { only, silent } = await attributesOf(after, was, column, table.columns[column.name] as Column, scratch)
    if (only.length + silent.length > 0) changed.push({ name: column.name, before: was, after: column, only, silent })
  }
  return {
    table,
    shape,
    before,
    after,
    added: after.columns.filter(({ name }) => columnIn(before, name) === undefined).map(({ name }) => name),
    gone: before.columns.filter(({ name }) => columnIn(after, name) === undefined),
    changed,
    ...await matchParts(shape, before, after, scratch)
  }
}

async function matchParts (shape: TableShape, before: CatalogTable, after: CatalogTable, scratch: Scratch): Promise<Pick<TableMatch, 'same' | 'come' | 'left'>> {
  const left = new Set(before.parts)
  const same: SamePart[] = []
  let open = after.parts.map(part => ({ after: part, shape: shape.parts.find(({ name }) => name === part.name) as PartShape }))
  const settle = async (isFit: (was: CatalogPart, now: CatalogPart) => boolean | Promise<boolean>): Promise<void> => {
    const rest: typeof open = []
    for (const one of open) {
      const fit = new Set<CatalogPart>()
      for (const was of left) if (await isFit(was, one.after)) fit.add(was)
      const found = take(left, one.after, was => fit.has(was))
      if (found === undefined) rest.push(one)
      else same.push({ ...one, before: found })
    }
    open = rest
  }
  await settle((was, now) => was.name === now.name && isEqual(was, now))
  await settle(isEqual)
  // The same in other words, first of those of the same name.
  await settle((was, now) => was.kind === now.kind && was.name === now.name && scratch.isSamePart(after, was, now))
  await settle((was, now) => was.kind === now.kind && String(was.columns.toSorted()) === String(now.columns.toSorted()) && scratch.isSamePart(after, was, now))
  return { same, come: open, left: [...left] }
}
