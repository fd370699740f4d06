/**
 * Steps of the columns of a table.
 *
 * @module
 */

import { quoted, quotedPath } from '../../tables/names.ts'
import type { Dialect } from '../../tables/dialect.ts'
import type { PartShape } from '../../tables/part-shape.ts'
import { shapeOf } from '../../tables/shape.ts'
import type { Column } from '../../tables/table-types.ts'
import { type AlterContext, alterStep } from './alter-steps.ts'
import type { CatalogColumn, CatalogTable } from '../catalog.ts'
import { catalogColumnCode } from '../catalog-code.ts'
import { addPartCode, code, columnCode } from '../code.ts'
import type { Comparison } from './compare.ts'
import type { Declared } from '../declared.ts'
import { enumChanges, isOfType, namesLabel } from './enum-steps.ts'
import type { Attribute, ChangedColumn, TableMatch } from '../match.ts'
import type { Look } from './look.ts'
import { comment, type Step } from './step.ts'

/** Columns of which what touches them is made anew, too. */
export interface Remade {
  /** Of another type. */
  readonly retyped: ReadonlySet<string>
  /** Dropped and added: what is computed cannot be changed. */
  readonly replaced: ReadonlySet<string>
  /** Of these, those that are computed no more, and keep their values: only `down` drops and adds them. */
  readonly freed: ReadonlySet<string>
  readonly dropped: ReadonlySet<string>
  /** Old name → new name, as it seems. */
  readonly renamed: ReadonlyMap<string, string>
}

/** What differs and is to be changed: what the code says, and what it has said before. */
export function attributesOf ({ name, only, silent }: ChangedColumn, table: string, declared: Declared): Attribute[] {
  return [...only, ...silent.filter(kind => declared.has(table, kind, name))]
}

export function remadeIn (match: TableMatch, declared: Declared, dialect: Dialect): Remade {
  const { table, changed, before, after } = match
  const attributes = new Map(changed.map(one => [one.name, attributesOf(one, table.name, declared)]))
  const having = (attribute: Attribute): string[] => [...attributes].filter(([, all]) => all.includes(attribute)).map(([name]) => name)
  const retyped = new Set(dialect === 'postgres' ? [...having('type'), ...having('collate')] : [])
  // PostgreSQL changes no type under what is computed of it.
  const computed = before.columns.filter(({ name, computed }) => computed?.of.some(column => retyped.has(column)) === true && after.columns.some(column => column.name === name))
  const replaced = new Set([...having('computed'), ...computed.map(({ name }) => name)])
  const freed = new Set(dialect === 'postgres' ? changed.filter(one => isFreed(one, attributes.get(one.name) as Attribute[])).map(({ name }) => name) : [])
  const dropped = new Set(match.gone.filter(({ name }) => declared.has(table.name, 'column', name) && match.stuck?.has(name) !== true).map(({ name }) => name))
  return { retyped, replaced, freed, dropped, renamed: seemingRenames(match, dropped) }
}

/** PostgreSQL leaves a column what was computed, if it stays as it is otherwise. */
function isFreed ({ before, after }: ChangedColumn, only: readonly Attribute[]): boolean {
  return only.includes('computed') && before.computed?.stored === true && after.computed === undefined && !only.some(attribute => attribute === 'type' || attribute === 'collate' || attribute === 'identity')
}

function definitionOf ({ name: _, ...rest }: CatalogColumn): string {
  return JSON.stringify(rest)
}

/** One column that goes and one that comes, with equal definitions. */
function seemingRenames ({ gone, added, after, detached }: TableMatch, dropped: ReadonlySet<string>): Map<string, string> {
  const leaving = gone.filter(({ name }) => dropped.has(name) && detached?.has(name) !== true)
  const coming = after.columns.filter(({ name }) => added.includes(name))
  return new Map(leaving.flatMap(column => {
    const fit = coming.filter(one => definitionOf(one) === definitionOf(column))
    const rivals = leaving.filter(one => definitionOf(one) === definitionOf(column))
    return fit.length === 1 && rivals.length === 1 ? [[column.name, String(fit[0]?.name)] as const] : []
  }))
}

export interface ColumnSteps {
  readonly drop: readonly Step[]
  readonly change: readonly Step[]
}

export async function columnSteps (match: TableMatch, remade: Remade, comparison: Comparison, look: Look): Promise<ColumnSteps> {
  const { table, before, added } = match
  const { dialect, actual } = comparison
  const context = { catalog: actual, dialect }
  const name = code(table.name)
  const refused = async (what: string, column: string, isRetyped = false): Promise<string[]> => {
    const readers = await look.readers(table.name, column, isRetyped)
    return readers.length === 0 ? [] : [comment(`PostgreSQL refuses ${what} while it is read by: ${readers.join(', ')}`)]
  }
  const add = (column: string): string => `await schema.addColumn(${name}, ${code(column)}, ${addedCode(match, column)})`
  const addAgain = (column: CatalogColumn): string => `await schema.addColumn(${name}, ${code(column.name)}, ${catalogColumnCode(column, context, isOwnKey(match, column) ? { primaryKey: true } : {})})`
  const dropped = (column: string): string => `await schema.dropColumn(${name}, ${code(column)})`
  const drop: Step[] = []
  for (const column of before.columns) {
    if (match.follows?.has(column.name) === true) continue
    const to = remade.renamed.get(column.name)
    if (to !== undefined) {
      drop.push({
        up: [
          comment(`${table.name}.${column.name} seems to be called ${to} now (renamedFrom says so in table()). If it is another column, these instead:`),
          comment(dropped(column.name)), comment(add(to)), `await schema.renameColumn(${name}, ${code(column.name)}, ${code(to)})`
        ],
        down: [`await schema.renameColumn(${name}, ${code(to)}, ${code(column.name)})`]
      })
    } else if (remade.dropped.has(column.name)) {
      const own = match.detached?.has(column.name) === true
      const heirs = own ? [] : heirsOf(comparison, table.name, column.name)
      const parts = own ? [] : await look.heirParts(table.name, column.name)
      drop.push({
        up: [
          ...await refused('to drop a column', column.name), ...heirs.map(heir => comment(`It goes from ${heir}, too, which inherits it`)), ...parts.map(({ what }) => comment(`${table.name}.${column.name}: ${what} goes with it; down creates it again`)),
          comment(`${table.name}.${column.name}: ${await look.count(table.name, column.name)}; down makes it again, not what it holds`),
          // Tables that inherit it, and say so in the code, keep it.
          own ? `await schema.sql(${code({ postgres: `alter table only ${quotedPath(table.name)} drop column ${quoted(column.name)}` })})` : dropped(column.name)
        ],
        down: [...mustHaveDefault(table.name, column), addAgain(column)]
      })
    } else if (remade.freed.has(column.name)) {
      // First, since what it was computed of may go.
      drop.unshift({
        up: [`await schema.sql(${code({ postgres: `alter table ${quotedPath(table.name)} alter column ${quoted(column.name)} drop expression` })})`],
        down: [...await refused('to drop a column', column.name), comment(`${table.name}.${column.name} is made anew: it is computed, and does not keep what it holds`), dropped(column.name), addAgain(column)]
      })
    } else if (remade.replaced.has(column.name)) {
      const isComputedAgain = column.computed !== undefined && columnIn(match.after, column.name)?.computed !== undefined
      const lost = isComputedAgain ? [] : [comment(`${table.name}.${column.name}: ${await look.count(table.name, column.name)}; the column is made anew, and does not keep it`)]
      drop.push({ up: [...await refused('to drop a column', column.name), ...lost, dropped(column.name)], down: [addAgain(column)] })
    }
  }
  const renamed = new Set(remade.renamed.values())
  const removed = dialect === 'postgres' ? enumChanges(comparison).map(({ name, was, labels }) => ({ name, gone: was.filter(label => !labels.includes(label)) })) : []
  /** A default whose label goes: it makes room before its type does. */
  const isBare = (column: CatalogColumn): boolean => removed.some(({ name, gone }) => isOfType(column, name) && namesLabel(String(column.default), name, gone))
  const change: Step[] = []
  const alter: AlterContext = { table: table.name, look, refused, dialect, code: one => catalogColumnCode(one, context) }
  for (const column of Object.keys(table.columns)) {
    const isFollowing = match.follows?.has(column) === true
    const difference = isFollowing ? followingChange(match, column, comparison) : match.changed.find(one => one.name === column)
    if (!isFollowing && difference !== undefined && remade.freed.has(column)) {
      const rest = attributesOf(difference, table.name, comparison.declared).filter(attribute => attribute !== 'computed')
      const own = rest.length === 0 ? [] : (await alterStep(table.columns[column] as Column, difference, rest, alter)).up
      // They go with the column.
      change.push({ up: [...own, ...inlineParts(match, column, dialect).map(({ name: part, words }) => addPartCode(table.name, { ...words, name: part }))], down: [] })
    } else if (!isFollowing && ((added.includes(column) && !renamed.has(column)) || remade.replaced.has(column))) change.push({ up: [...mustHaveDefault(table.name, columnIn(match.after, column)), add(column)], down: [dropped(column)] })
    else if (isFollowing && difference !== undefined) {
      // Behind the parent, in both directions.
      const step = await alterStep(table.columns[column] as Column, difference, difference.only, alter)
      change.push({ up: step.up, down: [] })
      if (!added.includes(column)) drop.push({ up: [], down: step.down })
    } else if (difference !== undefined) {
      const only = attributesOf(difference, table.name, comparison.declared)
      if (only.includes('default') && isBare(difference.before)) {
        const set = (one: CatalogColumn): string => `await schema.alterColumn(${name}, ${code(column)}, ${catalogColumnCode(one, context)}, { only: ['default'] })`
        const bared = { ...difference.before, default: undefined }
        drop.push({ up: [set(bared)], down: [set(difference.before)] })
        const rest = difference.after.default === undefined ? only.filter(attribute => attribute !== 'default') : only
        if (rest.length > 0) change.push(await alterStep(table.columns[column] as Column, { ...difference, before: bared }, rest, alter))
      } else if (only.length > 0) change.push(await alterStep(table.columns[column] as Column, difference, only, alter))
    }
  }
  return { drop, change }
}

function columnIn ({ columns }: CatalogTable, name: string): CatalogColumn | undefined {
  return columns.find(column => column.name === name)
}

/** Tables that the code does not declare, and that have a column of this one. */
function heirsOf ({ unknown }: Comparison, table: string, column: string): string[] {
  return unknown.filter(({ inherits }) => inherits?.parents.includes(table) === true && inherits.columns.get(column) === false).map(({ name }) => name)
}

/** What a column says other than that of the parent which it follows: that has changed it here, too. */
function followingChange (match: TableMatch, name: string, { matches, declared }: Comparison): ChangedColumn | undefined {
  const parent = matches.find(one => match.before.inherits?.parents.includes(one.table.name) === true && columnIn(one.after, name) !== undefined)
  const [now, inParent] = [columnIn(match.after, name), columnIn(parent?.after ?? match.after, name)] as [CatalogColumn, CatalogColumn]
  const own = match.changed.find(one => one.name === name)
  const before = columnIn(match.before, name)
  const ofParent = parent?.changed.find(one => one.name === name)
  const only = new Set<Attribute>(own === undefined ? [] : attributesOf(own, match.table.name, declared).filter(attribute => attribute === 'default' || attribute === 'null' || attribute === 'identity'))
  const isReached = (attribute: Attribute): boolean => before === undefined || (ofParent !== undefined && attributesOf(ofParent, String(parent?.table.name), declared).includes(attribute))
  if (isReached('default') && now.default !== inParent.default) only.add('default')
  if (isReached('null') && now.notNull !== inParent.notNull) only.add('null')
  // A new column is that of the parent so far, and goes with it.
  return only.size === 0 ? undefined : { name, before: before ?? inParent, after: now, only: [...only], silent: own?.silent ?? [] }
}

/** What comes with a column that is added: not what is there already, and is made anew by its own name, nor foreign keys. */
export function addedColumn ({ table, same }: TableMatch, name: string): Column {
  const column = table.columns[name] as Column
  const isThere = (of: string): boolean => same.some(({ shape: { kind, columns } }) => kind === of && columns.length === 1 && columns[0] === name)
  return { ...column, references: undefined, unique: column.unique && !isThere('unique'), index: column.index && !isThere('index') }
}

/** What comes with a column that is added: its own unique, index, and the check of an enum. */
export function inlineParts (match: TableMatch, name: string, dialect: Dialect): PartShape[] {
  const { table } = match
  const { parts } = shapeOf({ name: table.name, columns: { [name]: addedColumn(match, name) }, options: {} }, dialect)
  return parts.filter(({ kind }) => kind !== 'primary' || Object.values(table.columns).filter(({ primaryKey }) => primaryKey).length === 1)
}

/** Without a key of several columns, which is added apart. */
function addedCode (match: TableMatch, name: string): string {
  const column = addedColumn(match, name)
  const key = match.after.parts.find(({ kind }) => kind === 'primary')
  return columnCode({ ...column, primaryKey: column.primaryKey && key?.columns.length === 1 })
}

function isOwnKey ({ before }: TableMatch, { name, identity }: CatalogColumn): boolean {
  return identity !== undefined && before.parts.some(({ kind, columns }) => kind === 'primary' && columns.length === 1 && columns[0] === name)
}

function mustHaveDefault (table: string, column: CatalogColumn | undefined): string[] {
  const isFilled = column === undefined || !column.notNull || column.default !== undefined || column.identity !== undefined || column.computed !== undefined
  return isFilled ? [] : [comment(`${table}.${column.name} has no default: this fails when there are rows`)]
}
