/**
 * Steps of PostgreSQL's enums.
 *
 * @module
 */

import type { CatalogColumn, CatalogTable } from '../catalog.ts'
import { code } from '../code.ts'
import type { Comparison } from './compare.ts'
import { plainName } from '../postgres/enum-labels.ts'
import { isExtended } from '../postgres/enum.ts'
import { comment, type Step } from './step.ts'

/** An enum whose labels are other ones. */
export interface EnumChange {
  /** As the database prints it. */
  readonly name: string
  readonly was: readonly string[]
  readonly labels: readonly string[]
  /** The type is made anew: labels go, or new ones are used in the same migration. */
  readonly replace: boolean
}

export interface EnumSteps {
  /** Before all others. */
  readonly renames: readonly Step[]
  /** Types are made before the tables that have them, and dropped after. */
  readonly before: readonly Step[]
  readonly after: readonly Step[]
  /** Types that are dropped. */
  readonly gone: readonly string[]
  /** New labels can be used once they are committed. */
  readonly isAlone: boolean
}

/** Whether SQL names a label of a type, as PostgreSQL prints it: `'ok'::mood`, or somewhere in `'{ok}'::mood[]`. */
export function namesLabel (sql: string, type: string, labels: readonly string[]): boolean {
  const isList = sql.includes(`::${type}[]`)
  return labels.map(label => label.replaceAll("'", "''")).some(label => sql.includes(`'${label}'::${type}`) || (isList && sql.includes(label)))
}

function * textsOf ({ columns, parts }: CatalogTable): Generator<string> {
  for (const { default: value, computed } of columns) yield `${value} ${computed?.as}`
  for (const { definition } of parts) yield definition
}

export function enumChanges ({ actual, desired, matches, missing }: Comparison): EnumChange[] {
  const wanted = new Map([...matches, ...missing].flatMap(({ shape }) => [...shape.enums]))
  return [...actual.enums].flatMap(([name, was]) => {
    const labels = wanted.get(plainName(name))
    if (labels === undefined || JSON.stringify(was) === JSON.stringify(labels)) return []
    const isUsed = [...desired.tables.values()].some(table => [...textsOf(table)].some(text => namesLabel(text, name, labels.filter(label => !was.includes(label)))))
    return [{ name, was, labels, replace: isUsed || !isExtended(was, labels) }]
  })
}

export function isOfType ({ type }: CatalogColumn, name: string): boolean {
  return type === name || type === `${name}[]`
}

/** What is written again, and what PostgreSQL refuses meanwhile. */
function replaceComments ({ name }: EnumChange, { matches, unknown }: Comparison): string[] {
  const tables = [...matches.map(({ before }) => before), ...unknown]
  const columns = tables.flatMap(table => table.columns.filter(column => isOfType(column, name)).map(column => `${table.name}.${column.name}`))
  const views = [...new Set(tables.filter(({ columns }) => columns.some(column => isOfType(column, name))).flatMap(({ alone }) => alone.filter(what => what.startsWith('view '))))]
  return [
    ...columns.length === 0 ? [] : [comment(`${plainName(name)} is made anew, and the tables are written again: ${columns.join(', ')}`)],
    ...views.length === 0 ? [] : [comment(`PostgreSQL refuses that while it is read by: ${views.join(', ')}`)]
  ]
}

function changeStep (change: EnumChange, comparison: Comparison): Step {
  const { name, was, labels, replace } = change
  const call = (to: readonly string[], isReplaced: boolean): string => `await schema.alterEnum(${code(plainName(name))}, ${code(to)}${isReplaced ? ', { replace: true }' : ''})`
  return {
    up: [...replace ? replaceComments(change, comparison) : [], call(labels, replace && isExtended(was, labels))],
    // A default that comes back may have a label that comes back.
    down: [call(was, isExtended(labels, was))]
  }
}

export function enumSteps (comparison: Comparison): EnumSteps {
  const { actual, desired, declared, dialect, unknown, matches, labels } = comparison
  if (dialect === 'sqlite') return { renames: [], before: [], after: [], gone: [], isAlone: false }
  const changes = enumChanges(comparison)
  const made = [...desired.enums].filter(([name]) => !actual.enums.has(name)).map(([name, labels]) => ({
    up: [`await schema.createEnum(${code(plainName(name))}, ${code(labels)})`], down: [`await schema.dropEnum(${code(plainName(name))})`]
  }))
  const renames = labels.map(({ type, from, to }) => {
    const [before, after] = [...actual.enums].flatMap(([name, now]) => plainName(name) === type ? [now.map(label => label === to ? from : label), now] : []) as [readonly string[], readonly string[]]
    return {
      up: [
        comment(`${type}: the label ${code(from)} seems to be called ${code(to)} now. If it is another one, this instead, of which the first is ${code(before)}:`),
        comment(`await schema.alterEnum(${code(type)}, ${code(after)})`),
        `await schema.renameEnumLabel(${code(type)}, ${code(from)}, ${code(to)})`
      ],
      down: [`await schema.renameEnumLabel(${code(type)}, ${code(to)}, ${code(from)})`]
    }
  })
  // Tables and columns that the code no longer has are dropped before; those that it never had stay.
  const foreign = matches.flatMap(({ table, before, after }) =>
    before.columns.filter(({ name }) => !declared.has(table.name, 'column', name) && !after.columns.some(column => column.name === name)))
  const tables = [...desired.tables.values(), ...unknown.filter(({ name }) => !declared.hasTable(name))]
  const kept = [...tables.flatMap(({ columns }) => columns), ...foreign]
  const isUsed = (name: string): boolean => kept.some(column => isOfType(column, name))
  const gone = [...actual.enums].filter(([name]) => !desired.enums.has(name) && declared.hasEnum(name) && !isUsed(name))
  const after = gone.map(([name, labels]) => ({
    up: [`await schema.dropEnum(${code(plainName(name))})`], down: [`await schema.createEnum(${code(plainName(name))}, ${code(labels)})`]
  }))
  return { renames, before: [...made, ...changes.map(change => changeStep(change, comparison))], after, gone: gone.map(([name]) => plainName(name)), isAlone: changes.some(({ replace }) => !replace) }
}
