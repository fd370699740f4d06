/**
 * One round: a random schema with rows is pulled, and `diff` is quiet; it becomes another one and comes back, and nothing is lost.
 *
 * @module
 */

import { Type } from '@sinclair/typebox'
import { type AnyTable, column, type Database, diff, openDatabase, pull, raw, stamp, type Steps } from '../../plugins/db/index.ts'
import { MigrationSchema } from '../../plugins/db/migrations/migrations.ts'
import { askOf } from '../../plugins/db/migrations/ask.ts'
import type { Catalog, CatalogTable } from '../../plugins/db/migrations/catalog.ts'
import { readSqlite } from '../../plugins/db/migrations/sqlite/catalog.ts'
import { readActual } from '../../plugins/db/migrations/postgres/scratch.ts'
import type { Session } from '../../plugins/db/sessions/session.ts'
import { type Model, quoted } from './model.ts'
import * as postgres from './postgres-models.ts'
import { Random } from './random.ts'
import * as sqlite from './sqlite-models.ts'

export interface Place {
  readonly dialect: 'sqlite' | 'postgres'
  /** Opens two empty databases. */
  readonly urls: () => Promise<readonly [string, string]>
}

export interface Outcome {
  rounds: number
  steps: number
  rows: number
  readonly lost: string[]
}

async function make (url: string, statements: readonly string[]): Promise<Database> {
  const db = openDatabase({ url })
  await db.session(async session => { for (const sql of statements) await session.run(sql) })
  return db
}

/** The catalog, but for the words that a database may print in two ways: those are for `diff`. */
async function catalogOf (db: Database, withNames = true): Promise<{ readonly text: Record<string, string>, readonly alone: string }> {
  return db.session(async given => {
    const session = given as unknown as Session<unknown>
    const ask = askOf(session)
    const catalog: Catalog = db.dialect === 'sqlite' ? await readSqlite(ask) : await readActual(ask, [])
    const tables = [...catalog.tables.values()].filter(({ name }) => !name.startsWith('apikit_'))
    const rest = db.dialect === 'sqlite' ? await ask("select name, sql from sqlite_schema where type in ('view', 'trigger') order by name") : []
    return { text: Object.fromEntries(tables.flatMap(table => [...partsOf(table, db.dialect, withNames)])), alone: JSON.stringify([tables.flatMap(({ name, alone }) => alone.map(what => `${name} ${what}`)).sort(), rest]) }
  })
}

function * partsOf ({ name, columns, parts, tail = '' }: CatalogTable, dialect: string, withNames: boolean): Generator<[string, string]> {
  yield [name, tail]
  for (const { name: column, type, notNull, identity, computed, collate, default: value } of columns) {
    yield [`${name}.${column}`, JSON.stringify([type, notNull, identity, computed?.stored, collate, value === undefined])]
  }
  for (const { name: part, kind, columns, definition } of parts) {
    const isSettled = kind !== 'check' && kind !== 'index' && kind !== 'other'
    // Of checks of SQLite the name may be made of their words.
    const own = withNames && !(dialect === 'sqlite' && kind === 'check') ? part : ''
    yield [`${name}: ${kind} ${own} ${columns.toSorted().join()} ${isSettled ? definition : ''}`, '']
  }
}

function difference (a: Record<string, string>, b: Record<string, string>): string | undefined {
  const key = [...new Set([...Object.keys(a), ...Object.keys(b)])].find(key => a[key] !== b[key])
  return key === undefined ? undefined : `${key}: ${a[key]} became ${b[key]}`
}

async function fill (db: Database, model: Model): Promise<number> {
  let rows = 0
  for (const { name } of model.tables) {
    for (let nr = 0; nr < 3; nr++) {
      try {
        await db.session(async session => { await session.run(`insert into ${quoted(name)} default values`) })
        rows++
      } catch {}
    }
  }
  return rows
}

/** What is in columns that both schemas have alike. */
async function valuesOf (db: Database, a: Model, b: Model): Promise<string> {
  const all: unknown[] = []
  for (const table of a.tables) {
    const other = b.tables.find(({ name }) => name === table.name)
    if (other === undefined) continue
    const same = [...table.columns].filter(([column, type]) => other.columns.get(column) === type).map(([column]) => column)
    const rows = await db.session(async given => askOf(given as unknown as Session<unknown>)(`select ${same.map(quoted).join(', ')} from ${quoted(table.name)} order by id`))
    all.push(table.name, rows)
  }
  return JSON.stringify(all, (_key, value: unknown) => typeof value === 'bigint' ? String(value) : value)
}

async function run (db: Database, lines: readonly string[]): Promise<void> {
  // eslint-disable-next-line no-new-func -- what diff has written, as a file would run it
  const step = new Function('schema', 'column', 'raw', 'Type', `return (async () => {${lines.join('\n')}\n})()`) as (...values: unknown[]) => Promise<void>
  await db.session(async session => { await step(new MigrationSchema(session as unknown as Session<unknown>), column, raw, Type) }, { maintenance: true })
}

/** The same database, of which the code says these tables. */
function asDeclared (url: string, tables: readonly AnyTable[]): Database {
  return openDatabase({ url, tables })
}

async function round (place: Place, random: Random, outcome: Outcome): Promise<string | undefined> {
  const { modelOf, near, statementsOf } = place.dialect === 'sqlite' ? sqlite : postgres
  const prepared = place.dialect === 'sqlite' ? [] : postgres.PREPARED
  const first = modelOf(random)
  const other = near(first, random)
  const [url, otherUrl] = await place.urls()
  const db = await make(url, [...prepared, ...statementsOf(first)])
  const target = await make(otherUrl, [...prepared, ...statementsOf(other)])
  const open = [db, target]
  try {
    outcome.rows += await fill(db, first)
    const [{ tables: before }, { tables: after }] = [await pull(db), await pull(target)]
    const old = asDeclared(url, before)
    const now = asDeclared(url, after)
    open.push(old, now)
    await stamp(old)
    const quiet = await diff(old)
    if (quiet !== undefined) return `not quiet after pull: ${quiet.up[0]}`
    // A constraint that the code gives no name keeps the one that it has.
    const [catalog, wanted, values] = [await catalogOf(db), await catalogOf(target, false), await valuesOf(db, first, other)]
    const steps: Steps = await diff(now) ?? { up: [], down: [] }
    outcome.steps += steps.up.filter(line => !line.startsWith('//')).length
    await run(now, steps.up)
    const up = await catalogOf(db, false)
    const there = difference(wanted.text, up.text)
    if (there !== undefined) return `up: ${there}`
    const rest = await diff(now)
    if (rest !== undefined) return `not quiet after up: ${rest.up[0]}`
    if (await valuesOf(db, first, other) !== values) return 'rows are not what they were after up'
    await run(now, steps.down)
    const down = await catalogOf(db)
    const back = difference(catalog.text, down.text)
    if (back !== undefined) return `down: ${back}`
    const left = await diff(old)
    if (left !== undefined) return `not quiet after down: ${left.up[0]}`
    if (await valuesOf(db, first, other) !== values) return 'rows are not what they were after down'
    if (down.alone !== catalog.alone) return `what is left alone was not: ${catalog.alone} became ${down.alone}`
    return undefined
  } finally {
    for (const one of open) await one.destroy()
  }
}

/**
 * Tries so many rounds.
 *
 * @param report told of each round that is lost, when it is
 */
export async function tryRounds (place: Place, rounds: number, seed: number, report: (lost: string) => void = () => {}): Promise<Outcome> {
  const outcome: Outcome = { rounds: 0, steps: 0, rows: 0, lost: [] }
  const lose = (lost: string): void => {
    outcome.lost.push(lost)
    report(lost)
  }
  for (let nr = 0; nr < rounds; nr++) {
    outcome.rounds++
    const own = seed + nr
    try {
      const lost = await round(place, new Random(own), outcome)
      if (lost !== undefined) lose(`${place.dialect}, seed ${own}: ${lost}`)
    } catch (error) {
      lose(`${place.dialect}, seed ${own}: ${String(Object(error).message)}`)
    }
  }
  return outcome
}
