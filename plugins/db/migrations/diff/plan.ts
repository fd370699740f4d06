/**
 * The steps that make the database what the code says, and those that undo them. Each is a line of a migration; what `table()`
 * does not say is left alone, and listed.
 *
 * @module
 */

import { APIKIT_ERR_MIGRATION } from '../../errors.ts'
import { inOrder } from '../../tables/order.ts'
import type { AnyTable } from '../../tables/table-types.ts'
import { type Catalog, type CatalogPart, type CatalogTable, isNotValid } from '../catalog.ts'
import { addPartCode, code, dropPartCode, tableCode } from '../code.ts'
import { type ColumnSteps, columnSteps, type Remade, remadeIn } from './column-steps.ts'
import type { Comparison } from './compare.ts'
import { enumSteps } from './enum-steps.ts'
import type { TableMatch } from '../match.ts'
import { createAgain } from '../postgres/tables.ts'
import { againStep, heirSteps } from './again.ts'
import { followsRename } from './inheritance.ts'
import type { Look } from './look.ts'
import { movesOf, type PartSteps, partSteps } from './part-steps.ts'
import { comment, type Step } from './step.ts'

export interface Plan {
  readonly steps: readonly Step[]
  /** What only the database has, and the code has never had. */
  readonly alone: readonly string[]
  /** The first of the steps that are done in one batch: SQLite makes a table anew for each else. */
  readonly batchFrom?: number
  /** What it does is used once it is committed. */
  readonly transaction?: 'own'
}

interface Target {
  readonly name: string
  readonly targets: readonly string[]
}

function targetsOf (parts: ReadonlyArray<{ readonly name: string, readonly target?: string | { readonly table: string } }>): Array<{ readonly name: string, readonly target: string }> {
  return parts.flatMap(({ name, target }) => target === undefined ? [] : [{ name, target: typeof target === 'string' ? target : target.table }])
}

/** Foreign keys of tables that reference each other, which are made after all tables, and dropped before them. */
function cyclesIn (tables: ReadonlyArray<{ readonly name: string, readonly keys: ReadonlyArray<{ readonly name: string, readonly target: string }> }>): Set<string> {
  const order = new Map(tables.map(({ name }, at) => [name, at]))
  return new Set(tables.flatMap(({ name, keys }, at) => keys.filter(({ target }) => (order.get(target) ?? -1) > at).map(key => JSON.stringify([name, key.name]))))
}

/** @throws APIKIT_ERR_MIGRATION when a table is declared other than it can be while it inherits */
export async function planOf (comparison: Comparison, look: Look): Promise<Plan> {
  const { matches, refused, declared, unknown, dialect, actual } = comparison
  if (refused.length > 0) throw new APIKIT_ERR_MIGRATION(refused.join('; '))
  const remade = new Map(matches.map(match => [match.table.name, remadeIn(match, declared, dialect)]))
  const moves = movesOf(remade, comparison)
  const parts = matches.map(match => partSteps(match, remade, moves, comparison))
  const enums = enumSteps(comparison)
  const columns: ColumnSteps[] = []
  for (const match of matches) columns.push(await columnSteps(match, remade.get(match.table.name) as Remade, comparison, look))
  const made = createSteps(comparison)
  const ours = unknown.filter(({ name }) => declared.hasTable(name))
  const again = await againStep(comparison, { ours, remade, moves, enums: enums.gone }, look)
  const renames = [...again, ...enums.renames, ...renameSteps(comparison)]
  const isBatch = dialect === 'sqlite' && matches.some((_, at) => isMany([...Object.values(parts[at] as PartSteps), ...Object.values(columns[at] as ColumnSteps)].flat()))
  const heirs = await heirSteps(comparison, remade, look)
  const dropped = await dropSteps(ours, actual, comparison, look)
  return {
    ...enums.isAlone && { transaction: 'own' as const },
    ...isBatch && { batchFrom: renames.length },
    steps: [
      ...renames,
      ...dropped.keys,
      ...parts.flatMap(({ rename }) => rename),
      ...parts.flatMap(({ dropForeign }) => dropForeign),
      ...parts.flatMap(({ drop }) => drop),
      ...columns.flatMap(({ drop }) => drop),
      ...dropped.tables,
      ...enums.before,
      ...made.tables,
      ...columns.flatMap(({ change }) => change),
      ...parts.flatMap(({ add }) => add),
      ...parts.flatMap(({ addForeign }) => addForeign),
      ...made.keys,
      ...enums.after,
      ...heirs
    ],
    alone: [...matches.flatMap(match => aloneIn(match, comparison)), ...aloneTables(unknown.filter(({ name }) => !declared.hasTable(name))), ...aloneNames(actual)]
  }
}

/** Whether a table would be made anew several times. Indexes are no matter of its text. */
function isMany (steps: readonly Step[]): boolean {
  return steps.filter(({ up }) => !/^await schema\.(?:create|drop)Index\(/.test(up.at(-1) as string)).length > 1
}

function renameSteps ({ renames, actual }: Comparison): Step[] {
  const { tables, columns } = renames
  return [
    ...[...tables].map(([from, to]) => ({ up: [`await schema.renameTable(${code(from)}, ${code(to)})`], down: [`await schema.renameTable(${code(to)}, ${code(from)})`] })),
    ...[...columns].flatMap(([table, names]) => [...names].filter(([from, to]) => !followsRename(renames, actual.tables.get(table)?.inherits, from, to)).map(([from, to]) => ({
      up: [`await schema.renameColumn(${code(table)}, ${code(from)}, ${code(to)})`], down: [`await schema.renameColumn(${code(table)}, ${code(to)}, ${code(from)})`]
    })))
  ]
}

function createSteps ({ missing }: Comparison): { readonly tables: Step[], readonly keys: Step[] } {
  const ordered = inOrder(missing.map(({ table, shape }) => ({ name: table.name, table, parts: shape.parts, targets: targetsOf(shape.parts).map(({ target }) => target) } satisfies Target & { table: AnyTable, parts: unknown })))
  const cycles = cyclesIn(ordered.map(({ name, parts }) => ({ name, keys: targetsOf(parts) })))
  const isCycle = (table: string, key: string): boolean => cycles.has(JSON.stringify([table, key]))
  return {
    tables: ordered.map(({ name, table }) => ({ up: [tableCode(table, key => isCycle(name, key))], down: [`await schema.dropTable(${code(name)})`] })),
    keys: ordered.flatMap(({ name, parts }) => parts.filter(({ kind, name: key }) => kind === 'foreign' && isCycle(name, key)).map(part => ({
      up: [addPartCode(name, { ...part.words, name: part.name })], down: [dropPartCode(name, part.name, false)]
    })))
  }
}

async function dropSteps (tables: readonly CatalogTable[], actual: Catalog, { dialect, matches }: Comparison, look: Look): Promise<{ readonly tables: Step[], readonly keys: Step[] }> {
  const ordered = inOrder(tables.map(table => ({ name: table.name, table, targets: [...targetsOf(table.parts).map(({ target }) => target), ...table.inherits?.parents ?? []] })))
  const cycles = cyclesIn(ordered.map(({ name, table }) => ({ name, keys: targetsOf(table.parts) })))
  const isApart = ({ name }: CatalogTable, part: CatalogPart): boolean => cycles.has(JSON.stringify([name, part.name])) || isNotValid(part)
  const keys = ordered.flatMap(({ name, table }) => table.parts.filter(part => isApart(table, part)).map(part => ({
    up: [dropPartCode(name, part.name, false)], down: [addPartCode(name, { ...part.words, name: part.name })]
  })))
  const steps: Step[] = []
  const others = [...tables, ...matches.map(({ before }) => before)].map(({ name }) => name)
  for (const { name, table } of ordered.toReversed()) {
    const keepers = await look.keepers(name, others)
    const going = dialect === 'postgres' ? table.alone.filter(what => !what.startsWith('view ')) : table.alone
    steps.push({
      up: [
        ...going.map(what => comment(`${name} goes with its ${what}`)), ...keepers.length === 0 ? [] : [comment(`PostgreSQL refuses to drop ${name} before: ${keepers.join(', ')}`)],
        comment(`${name}: ${await look.count(name)}; down makes the table again, not its rows${going.some(what => what.startsWith('partitioned ')) ? ', and without partitions' : ''}`), `await schema.dropTable(${code(name)})`
      ],
      down: createAgain(table, actual, dialect, part => isApart(table, part))
    })
  }
  return { tables: steps, keys }
}

function aloneIn ({ table, gone, left, come, changed, before, stuck }: TableMatch, { declared }: Comparison): string[] {
  const { name } = table
  return [
    ...[...stuck ?? []].map(column => `${name}: column ${column}, which it inherits from ${String(before.inherits?.parents.join(', '))}`),
    ...gone.filter(column => stuck?.has(column.name) !== true && !declared.has(name, 'column', column.name)).map(column => `${name}: column ${column.name}, ${column.type}: schema.dropColumn(${code(name)}, ${code(column.name)})`),
    ...left.filter(part => !declared.has(name, 'part', part.name) && !come.some(({ after }) => after.name === part.name)).map(part => `${name}: ${part.kind === 'index' ? 'index' : 'constraint'} ${part.name}: ${dropPartCode('', part.name, part.kind === 'index').replace('await ', '').replace("('', ", `(${code(name)}, `)}`),
    ...changed.flatMap(({ name: column, silent }) => silent.filter(kind => !declared.has(name, kind, column)).map(kind => `${name}: ${kind} of ${column}`)),
    ...before.alone.map(what => `${name}: ${what}`)
  ]
}

function aloneTables (tables: readonly CatalogTable[]): string[] {
  return tables.map(({ name }) => `table ${name}: schema.dropTable(${code(name)})`)
}

/** In code a dot stands behind the schema. */
export function aloneNames ({ dotted = [] }: Catalog): string[] {
  return dotted.map(name => `table ${name}, whose name has a dot`)
}
