/**
 * What the code says, in the words of the database: made in a scratch that is rolled back, and read as the database itself is.
 * In PostgreSQL that is the schema of temporary tables, which takes no lock of a table and needs no right but TEMPORARY; in
 * SQLite a database in memory.
 *
 * @module
 */

import { CompiledQuery } from 'kysely'
import { SqliteConnection } from '../engine/sqlite/connection.ts'
import { loadSqlite } from '../engine/sqlite/module.ts'
import { APIKIT_ERR_MIGRATION } from '../errors.ts'
import type { IndexWords } from '../tables/index-shape.ts'
import { constraintSql, enumSql, indexSql, tableStatements } from '../tables/ddl.ts'
import { partOf } from '../tables/parts.ts'
import { type ConstraintWords, literal, type PartShape, quoted, quotedPath, type TableShape } from '../tables/shape.ts'
import { type Ask, askOf } from './ask.ts'
import type { Catalog, CatalogColumn, CatalogPart, CatalogTable } from './catalog.ts'
import { readPostgres, readTemporaryPart } from './catalog-postgres.ts'
import { readSqlite } from './catalog-sqlite.ts'
import { sameInSqlite } from './sqlite-programs.ts'
import type { Session } from '../sessions/session.ts'

/** A scratch with the tables of the code in it. */
export interface Scratch {
  readonly catalog: Catalog
  /** A table of the database, as it would be with columns under other names. */
  renamed (table: CatalogTable, to: string, columns: ReadonlyMap<string, string>): Promise<CatalogTable>
  /** Whether two texts of a part mean the same, though the database has printed them in other words. */
  isSamePart (table: CatalogTable, a: CatalogPart, b: CatalogPart): Promise<boolean>
  /** The same of a default, or of what is computed. */
  isSameValue (table: CatalogTable, column: CatalogColumn, kind: 'default' | 'computed', a: string, b: string): Promise<boolean>
}

function shapeOfCatalog ({ name, columns, parts, tail = '' }: CatalogTable, withForeign: boolean, dialect: 'sqlite' | 'postgres'): TableShape {
  const names = columns.map(({ name }) => name)
  return {
    name,
    columns,
    parts: parts.filter(({ kind }) => withForeign || kind !== 'foreign').map(({ words }) => partOf(name, words, names, dialect)),
    enums: new Map(),
    tail
  }
}

/** Foreign keys and names of parts do not change with the names of columns in SQL of their own: that is done here. */
function renamedKeys (table: CatalogTable, columns: ReadonlyMap<string, string>): CatalogPart[] {
  const now = (name: string): string => columns.get(name) ?? name
  return table.parts.filter(({ kind }) => kind === 'foreign').map(part => {
    const { foreignKey } = part.words as ConstraintWords
    if (foreignKey === undefined) return part
    const whole = { ...foreignKey, columns: foreignKey.columns.map(now) }
    return { ...part, columns: part.columns.map(now), words: { name: part.name, foreignKey: whole }, definition: part.definition.replace(JSON.stringify(foreignKey).slice(1, -1), JSON.stringify(whole).slice(1, -1)) }
  })
}

const AGAIN = 'apikit_again'

class PostgresScratch implements Scratch {
  readonly #ask: Ask
  catalog: Catalog = { tables: new Map(), enums: new Map(), domains: new Map() }

  constructor (ask: Ask) {
    this.#ask = ask
  }

  async fill (shapes: readonly TableShape[], actual: Catalog): Promise<void> {
    for (const [name, values] of new Map(shapes.flatMap(({ enums }) => [...enums]))) {
      // One of another schema is asked for by its name there.
      if (!name.includes('.')) await this.#make(enumSql(`pg_temp.${quoted(name)}`, values), `the type ${name}`)
    }
    const all = shapes.map(shape => ({ shape, statements: tableStatements(shape, 'postgres', { what: 'temporary table', nameOf: quoted }) }))
    for (const { shape, statements } of all) await this.#make(statements.table, shape.name)
    for (const { shape, statements } of all) for (const sql of statements.indexes) await this.#make(sql, shape.name)
    await this.#makeStubs(shapes, actual)
    for (const { shape, statements } of all) for (const sql of statements.foreignKeys) await this.#make(sql, shape.name)
    const read = await readPostgres(this.#ask, 'temporary')
    const declared = new Set(shapes.map(({ name }) => name))
    this.catalog = { ...read, tables: new Map([...read.tables].filter(([name]) => declared.has(name))) }
  }

  async #make (sql: string, what: string): Promise<void> {
    try {
      await this.#ask(sql)
    } catch (error) {
      throw Object.assign(new APIKIT_ERR_MIGRATION(`${what}, as table() declares it, cannot be made: ${messageOf(error)}`), { cause: error })
    }
  }

  /** Temporary tables may reference temporary tables alone: tables that the code does not declare have a stand-in. */
  async #makeStubs (shapes: readonly TableShape[], actual: Catalog): Promise<void> {
    const declared = new Set(shapes.map(({ name }) => name))
    const wanted = Map.groupBy(shapes.flatMap(({ parts }) => parts).filter(({ target }) => target !== undefined && !declared.has(target)), ({ target }) => String(target))
    for (const [name, parts] of wanted) {
      const table = actual.tables.get(name)
      if (table === undefined) continue
      const lists = parts.map(({ words }) => (words as ConstraintWords).foreignKey?.references.columns ?? [])
      const columns = table.columns.filter(column => lists.some(list => list.includes(column.name))).map(({ name, type }) => `${quoted(name)} ${type}`)
      const keys = [...new Set(lists.map(list => `unique (${list.map(quoted).join(', ')})`))]
      await this.#make(`create temporary table ${quoted(name)} (${[...columns, ...keys].join(', ')})`, name)
    }
  }

  async renamed (table: CatalogTable, to: string, columns: ReadonlyMap<string, string>): Promise<CatalogTable> {
    return this.#apart(async () => {
      const shape = shapeOfCatalog(table, false, 'postgres')
      // Names of indexes are those of the code already.
      const parts = shape.parts.map((part, at) => ({ ...part, name: `${AGAIN}_${at}` }))
      const { table: create, indexes } = tableStatements({ ...shape, parts, name: AGAIN }, 'postgres', { what: 'temporary table', nameOf: quoted })
      for (const sql of [create, ...indexes]) await this.#ask(sql)
      for (const [from, now] of columns) await this.#ask(`alter table ${quoted(AGAIN)} rename column ${quoted(from)} to ${quoted(now)}`)
      const read = (await readPostgres(this.#ask, 'temporary')).tables.get(AGAIN) as CatalogTable
      const own = read.parts.map(part => {
        const { name } = shape.parts[Number(part.name.slice(AGAIN.length + 1))] as PartShape
        return { ...part, name, words: { ...part.words, name } }
      })
      return { ...read, name: to, parts: [...own, ...renamedKeys(table, columns)], alone: table.alone }
    })
  }

  /** Does something that leaves nothing behind. */
  async #apart<T> (work: () => Promise<T>): Promise<T> {
    await this.#ask('savepoint apikit_apart')
    try {
      return await work()
    } finally {
      await this.#ask('rollback to savepoint apikit_apart')
    }
  }

  async #settle (text: string, again: (text: string) => Promise<string>): Promise<string> {
    let now = text
    for (let round = 0; round < 3; round++) {
      const before = now
      now = await this.#apart(() => again(before))
      if (now === before) break
    }
    return now
  }

  async isSamePart (table: CatalogTable, a: CatalogPart, b: CatalogPart): Promise<boolean> {
    if (!['check', 'other', 'index'].includes(a.kind)) return false
    const on = quoted(table.name)
    const names = table.columns.map(({ name }) => name)
    const settle = async (part: CatalogPart): Promise<string> => {
      let words = part.words
      return this.#settle(part.definition, async () => {
        const shape = partOf(table.name, { ...words, name: AGAIN }, names, 'postgres')
        await this.#ask(shape.kind === 'index' ? indexSql(on, shape) : `alter table ${on} add ${constraintSql(shape, quoted)}`)
        const read = await readTemporaryPart(this.#ask, table.name, AGAIN, shape.kind === 'index') as CatalogPart
        words = read.words
        return read.definition
      })
    }
    try {
      return await settle(a) === await settle(b)
    } catch {
      // What cannot be said of the table of the code is another.
      return false
    }
  }

  async isSameValue (table: CatalogTable, { name, type }: CatalogColumn, kind: 'default' | 'computed', a: string, b: string): Promise<boolean> {
    const [on, column] = [quoted(table.name), quoted(kind === 'default' ? name : AGAIN)]
    const again = async (text: string): Promise<string> => {
      await this.#ask(kind === 'default' ? `alter table ${on} alter column ${column} set default ${text}` : `alter table ${on} add column ${column} ${type} generated always as (${text}) stored`)
      const [row] = await this.#ask(`
        select pg_get_expr(d.adbin, d.adrelid, true) as text from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
        where d.adrelid = ${literal(`pg_temp.${on}`)}::regclass and a.attname = ${literal(kind === 'default' ? name : AGAIN)}`)
      return String(row?.text)
    }
    try {
      return await this.#settle(a, again) === await this.#settle(b, again)
    } catch {
      return false
    }
  }
}

class SqliteScratch implements Scratch {
  readonly #connection: SqliteConnection
  readonly #ask: Ask
  catalog: Catalog = { tables: new Map(), enums: new Map(), domains: new Map() }

  constructor () {
    const Memory = loadSqlite()
    this.#connection = new SqliteConnection(new Memory(':memory:', { enableForeignKeyConstraints: false }))
    this.#ask = async (sql, ...parameters) => this.#connection.run<Record<string, unknown>>(CompiledQuery.raw(sql, [...parameters])).rows
  }

  async fill (shapes: readonly TableShape[]): Promise<void> {
    for (const shape of shapes) {
      const { table, indexes } = tableStatements(shape, 'sqlite')
      try {
        for (const sql of [table, ...indexes]) this.#connection.exec(sql)
      } catch (error) {
        throw Object.assign(new APIKIT_ERR_MIGRATION(`${shape.name}, as table() declares it, cannot be made: ${messageOf(error)}`), { cause: error })
      }
    }
    this.catalog = await readSqlite(this.#ask)
  }

  async renamed (table: CatalogTable, to: string, columns: ReadonlyMap<string, string>): Promise<CatalogTable> {
    const Memory = loadSqlite()
    const scratch = new SqliteConnection(new Memory(':memory:', { enableForeignKeyConstraints: false }))
    const names = table.columns.map(({ name }) => name)
    try {
      scratch.exec(String(table.sql))
      for (const { words, kind } of table.parts) if (kind === 'index') scratch.exec(indexSql(quotedPath(table.name), partOf(table.name, words, names, 'sqlite')))
      for (const [from, now] of columns) scratch.exec(`alter table ${quoted(table.name)} rename column ${quoted(from)} to ${quoted(now)}`)
      if (to !== table.name) scratch.exec(`alter table ${quoted(table.name)} rename to ${quoted(to)}`)
      const read = (await readSqlite(async sql => scratch.run<Record<string, unknown>>(CompiledQuery.raw(sql)).rows)).tables.get(to) as CatalogTable
      const rest = read.parts.filter(({ kind }) => kind !== 'foreign')
      return { ...read, parts: [...rest, ...renamedKeys(table, columns)], alone: table.alone }
    } finally {
      scratch.close()
    }
  }

  async isSamePart (table: CatalogTable, a: CatalogPart, b: CatalogPart): Promise<boolean> {
    const text = ({ kind, words, name }: CatalogPart): string => {
      const shape = partOf(table.name, { ...words, name }, table.columns.map(({ name }) => name), 'sqlite')
      return kind === 'index' ? `create ${(words as IndexWords).unique === true ? 'unique ' : ''}index i on t ${shape.sql(quoted)}` : shape.sql(quoted)
    }
    return (a.kind === 'check' || a.kind === 'index') && sameInSqlite(table.columns, a.kind, text(a), text(b))
  }

  async isSameValue (table: CatalogTable, column: CatalogColumn, kind: 'default' | 'computed', a: string, b: string): Promise<boolean> {
    return sameInSqlite(table.columns.filter(({ name }) => name !== column.name), kind, a, b, column)
  }

  close (): void {
    this.#connection.close()
  }
}

function messageOf (error: unknown): string {
  return String(Object(Object(error).cause ?? error).message)
}

/** Reads the database, makes a scratch of what the code says, and does some work with both. */
export async function withScratch<T> (session: Session<unknown>, shapes: readonly TableShape[], work: (actual: Catalog, scratch: Scratch) => Promise<T>): Promise<T> {
  const ask = askOf(session)
  if (session.dialect === 'sqlite') {
    const actual = await readSqlite(ask)
    const scratch = new SqliteScratch()
    try {
      await scratch.fill(shapes)
      return await work(actual, scratch)
    } finally {
      scratch.close()
    }
  }
  const actual = await readActual(ask, shapes)
  await ask('savepoint apikit_scratch')
  try {
    await openTemporary(ask)
    const scratch = new PostgresScratch(ask)
    await scratch.fill(shapes, actual)
    return await work(actual, scratch)
  } finally {
    await ask('rollback to savepoint apikit_scratch')
  }
}

/** The tables of the current schema, and of those that the code names. */
export async function readActual (ask: Ask, shapes: ReadonlyArray<Pick<TableShape, 'name' | 'parts'>>): Promise<Catalog> {
  const [row] = await ask('select current_schema()::text as schema')
  const named = shapes.flatMap(({ name, parts }) => [name, ...parts.flatMap(({ target }) => target ?? [])]).filter(name => name.includes('.')).map(name => String(name.split('.')[0]))
  return readPostgres(ask, { schemas: [...new Set([...row?.schema === null ? [] : [String(row?.schema)], ...named])] })
}

async function openTemporary (ask: Ask): Promise<void> {
  try {
    await ask('create temporary table apikit_touch ()')
    await ask('drop table apikit_touch')
    await ask("select set_config('search_path', 'pg_temp' || case when current_setting('search_path') = '' then '' else ', ' || current_setting('search_path') end, true)")
  } catch (error) {
    throw Object.assign(new APIKIT_ERR_MIGRATION(`the tables are compared in temporary ones, and this role may not make any: grant temporary on database … to … (${messageOf(error)})`), { cause: error })
  }
}
