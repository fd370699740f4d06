/**
 * What is to be done to make the tables of a database what `table()` says, as the text of a migration. It is there to be
 * read: a column that was renamed is one dropped and one added.
 *
 * @module
 */

import type { Database } from '../sessions/database.ts'
import { inOrder, tableSql } from '../tables/ddl.ts'
import { code, columnCode, constraintCode, shapeCode, tableCode } from './diff-code.ts'
import { type Ask, askOf, inspect } from './inspection.ts'
import type { Steps } from './writer.ts'
import type { Session } from '../sessions/session.ts'
import { type ColumnShape, type Dialect, shapeOf, type TableShape } from '../tables/shape.ts'
import { SqliteConnection } from '../engine/sqlite/connection.ts'
import { loadSqlite } from '../engine/sqlite/module.ts'
import type { AnyTable } from '../tables/table.ts'
import { CompiledQuery } from 'kysely'

/** A statement, and the one that undoes it. */
interface Step {
  readonly up: string
  readonly down: string
}

/**
 * Compares the tables that are known with those of the database.
 *
 * @returns `undefined` when nothing is to be done
 */
export async function diff<DB> (db: Database<DB>): Promise<Steps | undefined> {
  const { dialect } = db
  const session = db.open({ transaction: false }) as Session<unknown>
  const actual = await inspect(askOf(session), dialect)
  const desired = await inScratch(db)
  const steps = [...stepsOf({ actual, desired, tables: db.tables, dialect })]
  const unknown = actual.filter(({ name }) => !desired.some(table => table.name === name))
  if (steps.length === 0) return undefined
  return {
    up: [...steps.map(({ up }) => up), ...unknown.map(({ name }) => `// Nothing declares the table ${name}: await schema.dropTable(${code(name)})`)],
    down: steps.map(({ down }) => down).reverse()
  }
}

/** The tables as the database would show them: both sides are then in its own words. */
async function inScratch<DB> (db: Database<DB>): Promise<TableShape[]> {
  const statements = inOrder(db.tables.map(table => shapeOf(table, db.dialect))).flatMap(shape => tableSql(shape, db.dialect))
  if (db.dialect === 'sqlite') {
    const Memory = loadSqlite()
    const scratch = new SqliteConnection(new Memory(':memory:'))
    const ask: Ask = async (sql, ...parameters) => scratch.run<Record<string, unknown>>(CompiledQuery.raw(sql, [...parameters])).rows
    for (const sql of statements) scratch.exec(sql)
    const tables = await inspect(ask, 'sqlite')
    scratch.close()
    return tables
  }
  const session = db.open({ maintenance: true }) as Session<unknown>
  try {
    await session.run('create schema apikit_diff')
    await session.run('set local search_path to apikit_diff')
    for (const sql of statements) await session.run(sql)
    return await inspect(askOf(session), 'postgres')
  } finally {
    await session.rollback()
    session.end()
  }
}

interface Sides {
  readonly actual: readonly TableShape[]
  readonly desired: readonly TableShape[]
  readonly tables: readonly AnyTable[]
  readonly dialect: Dialect
}

function * stepsOf ({ actual, desired, tables, dialect }: Sides): Generator<Step> {
  const both = inOrder(desired).flatMap(after => tables.filter(({ name }) => name === after.name).map(table => ({ table, after })))
  for (const { table, after } of both) {
    const before = actual.find(({ name }) => name === table.name)
    if (before === undefined) yield { up: tableCode(table), down: `await schema.dropTable(${code(table.name)})` }
    else yield * changes({ before, after, table, dialect })
  }
}

interface Change {
  readonly before: TableShape
  readonly after: TableShape
  readonly table: AnyTable
  readonly dialect: Dialect
}

function * changes ({ before, after, table, dialect }: Change): Generator<Step> {
  const name = code(after.name)
  const old = new Map(before.columns.map(column => [column.name, column]))
  const added = after.columns.filter(column => !old.has(column.name)).map(({ name }) => name)
  const dropped = before.columns.filter(({ name }) => !after.columns.some(column => column.name === name))

  for (const [column, definition] of Object.entries(table.columns)) {
    const was = old.get(column)
    const now = columnCode(definition)
    if (was === undefined) {
      yield { up: `await schema.addColumn(${name}, ${code(column)}, ${now})`, down: `await schema.dropColumn(${name}, ${code(column)})` }
    } else if (!after.columns.some(one => isSame(one, was))) {
      yield { up: `await schema.alterColumn(${name}, ${code(column)}, ${now})`, down: back('alterColumn', name, was, dialect) }
    }
  }
  if (!isSame(before.primaryKey, after.primaryKey)) {
    yield {
      up: `// The key of ${after.name} is (${before.primaryKey.join(', ')}) and should be (${after.primaryKey.join(', ')}): make a new table and fill it.`,
      down: `// The key of ${after.name}: see up.`
    }
  }
  yield * conditions({ before, after, table, dialect }, added, dropped.map(({ name }) => name))
  for (const column of dropped) {
    yield { up: `await schema.dropColumn(${name}, ${code(column.name)})`, down: back('addColumn', name, column, dialect) }
  }
}

function back (method: string, table: string, column: ColumnShape, dialect: Dialect): string {
  const text = shapeCode(column, dialect)
  return text === undefined
    ? `throw new Error('what the column ${column.name} was, ${column.type.replaceAll("'", '')}, has to be written by hand')`
    : `await schema.${method}(${table}, ${code(column.name)}, ${text})`
}

interface Part {
  readonly name: string
  readonly columns?: readonly string[]
}

/** Constraints and indexes, but those that come with a column and go with it. */
function * conditions ({ before, after, table, dialect }: Change, added: readonly string[], dropped: readonly string[]): Generator<Step> {
  const name = code(after.name)
  const source = shapeOf(table, dialect)
  const differences = <T extends Part>(was: readonly T[], now: readonly T[]): { gone: T[], come: T[] } => ({
    gone: was.filter(one => !now.some(other => other.name === one.name && isSame(one, other)) && !(one.columns ?? []).some(column => dropped.includes(column))),
    come: now.filter(one => !was.some(other => other.name === one.name && isSame(one, other)) && !(one.columns?.length === 1 && one.columns.every(column => added.includes(column))))
  })
  for (const kind of ['uniques', 'foreignKeys', 'checks'] as const) {
    const { gone, come } = differences<Part>(before[kind], after[kind])
    for (const { name: constraint } of gone) {
      yield { up: `await schema.dropConstraint(${name}, ${code(constraint)})`, down: `await schema.addConstraint(${name}, ${constraintCode(before, constraint)})` }
    }
    for (const { name: constraint } of come) {
      // The condition of an enum comes with its column.
      if (kind === 'checks' && added.some(column => constraint === `${after.name}_${column}_check`)) continue
      yield { up: `await schema.addConstraint(${name}, ${constraintCode(source, constraint)})`, down: `await schema.dropConstraint(${name}, ${code(constraint)})` }
    }
  }
  const { gone, come } = differences(before.indexes, after.indexes)
  for (const index of gone) yield { up: `await schema.dropIndex(${code(index.name)})`, down: `await schema.createIndex(${name}, ${code(index.columns)})` }
  for (const index of come) yield { up: `await schema.createIndex(${name}, ${code(index.columns)})`, down: `await schema.dropIndex(${code(index.name)})` }
}

function isSame (a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
