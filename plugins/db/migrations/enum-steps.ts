/**
 * Steps of PostgreSQL's enums.
 *
 * @module
 */

import { code } from './code.ts'
import type { Comparison } from './compare.ts'
import type { Step } from './step.ts'

/** Types are made before the tables that have them, and dropped after. */
export function enumSteps ({ actual, desired, declared, dialect, unknown, matches }: Comparison): { readonly before: readonly Step[], readonly after: readonly Step[] } {
  if (dialect === 'sqlite') return { before: [], after: [] }
  const plain = (name: string): string => name.replaceAll('"', '')
  const before: Step[] = []
  for (const [name, labels] of desired.enums) {
    const was = actual.enums.get(name)
    if (was === undefined) before.push({ up: [`await schema.createEnum(${code(plain(name))}, ${code(labels)})`], down: [`await schema.dropEnum(${code(plain(name))})`] })
    else if (String(was) !== String(labels)) before.push({ up: [`await schema.alterEnum(${code(plain(name))}, ${code(labels)})`], down: [`await schema.alterEnum(${code(plain(name))}, ${code(was)})`] })
  }
  // Tables and columns that the code no longer has are dropped before; those that it never had stay.
  const foreign = matches.flatMap(({ table, before, after }) =>
    before.columns.filter(({ name }) => !declared.has(table.name, 'column', name) && !after.columns.some(column => column.name === name)))
  const tables = [...desired.tables.values(), ...unknown.filter(({ name }) => !declared.hasTable(name))]
  const kept = new Set([...tables.flatMap(({ columns }) => columns), ...foreign].map(({ type }) => type))
  const isUsed = (name: string): boolean => kept.has(name) || kept.has(`${name}[]`)
  const after = [...actual.enums].filter(([name]) => !desired.enums.has(name) && declared.hasEnum(name) && !isUsed(name)).map(([name, labels]) => ({
    up: [`await schema.dropEnum(${code(plain(name))})`], down: [`await schema.createEnum(${code(plain(name))}, ${code(labels)})`]
  }))
  return { before, after }
}
