/**
 * The scratch of PostgreSQL: the schema of temporary tables, which takes no lock of a table and needs no right but TEMPORARY.
 *
 * @module
 */

import { APIKIT_ERR_MIGRATION } from '../../errors.ts'
import { constraintSql, enumSql, indexSql, tableStatements } from '../../tables/ddl.ts'
import { partOf } from '../../tables/parts.ts'
import type { ConstraintWords, PartShape } from '../../tables/part-shape.ts'
import { literal, nameOf, quoted, type TableShape } from '../../tables/shape.ts'
import type { ForeignKey } from '../../tables/table-types.ts'
import type { Ask } from '../ask.ts'
import { type Catalog, type CatalogColumn, type CatalogPart, type CatalogTable, isNotValid } from '../catalog.ts'
import { readPostgres, readTemporaryPart } from './catalog.ts'
import { cannotBeMade, messageOf, renamedKeys, type Scratch } from '../scratch.ts'
import { inScratch, outOfScratch, scratchTable } from './scratch-names.ts'

function inheritsAs ({ inherits }: CatalogTable, columns: ReadonlyMap<string, string>): Pick<CatalogTable, 'inherits'> {
  return inherits === undefined ? {} : { inherits: { ...inherits, columns: new Map([...inherits.columns].map(([name, isLocal]) => [columns.get(name) ?? name, isLocal])) } }
}

/** Without foreign keys. */
function shapeOfCatalog ({ name, columns, parts }: CatalogTable): TableShape {
  const names = columns.map(({ name }) => name)
  return {
    name,
    columns,
    parts: parts.filter(({ kind }) => kind !== 'foreign').map(({ words }) => partOf(name, words, names, 'postgres')),
    enums: new Map(),
    tail: ''
  }
}

/** The name of a table in the scratch, in SQL. */
function scratchSql (table: string): string {
  return quoted(scratchTable(table))
}

const AGAIN = 'apikit_again'

export class PostgresScratch implements Scratch {
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
    const all = shapes.map(shape => ({ shape, statements: tableStatements(inScratch(shape), 'postgres', { what: 'temporary table', nameOf: scratchSql }) }))
    // Sequences take another name where a table has theirs: such a table comes first. Defaults of others may ask the sequences.
    const named = new Set(shapes.flatMap(({ name, columns }) => columns.filter(({ identity }) => identity !== undefined).map(column => nameOf(scratchTable(name), [column.name], 'seq'))))
    const orderOf = ({ name, columns }: TableShape): number => named.has(scratchTable(name)) ? 0 : columns.some(({ identity }) => identity !== undefined) ? 1 : 2
    for (const { shape, statements } of all.toSorted((a, b) => orderOf(a.shape) - orderOf(b.shape))) await this.#make(statements.table, shape.name)
    for (const { shape, statements } of all) for (const sql of statements.indexes) await this.#make(sql, shape.name)
    await this.#makeStubs(shapes, actual)
    for (const { shape, statements } of all) for (const sql of statements.foreignKeys) await this.#make(sql, shape.name)
    const declared = new Map(shapes.map(shape => [shape.name, shape]))
    const paths = new Map(shapes.flatMap(({ name, parts }) => [name, ...parts.flatMap(({ target }) => target ?? [])]).map(path => [scratchTable(path), path]))
    const read = await readPostgres(this.#ask, 'temporary', name => paths.get(name) ?? name)
    this.catalog = {
      ...read,
      tables: new Map([...read.tables].flatMap(([name, table]) => {
        const shape = declared.get(name)
        return shape === undefined ? [] : [[name, outOfScratch(table, shape)] as const]
      }))
    }
  }

  async #make (sql: string, what: string): Promise<void> {
    try {
      await this.#ask(sql)
    } catch (error) {
      throw cannotBeMade(what, error)
    }
  }

  /** Temporary tables may reference temporary tables alone: tables that the code does not declare have a stand-in. */
  async #makeStubs (shapes: readonly TableShape[], actual: Catalog): Promise<void> {
    const declared = new Set(shapes.map(({ name }) => name))
    const wanted = Map.groupBy(shapes.flatMap(({ parts }) => parts).filter(({ target }) => target !== undefined && !declared.has(target)), ({ target }) => String(target))
    for (const [name, parts] of wanted) {
      const table = actual.tables.get(name)
      if (table === undefined) continue
      const lists = parts.map(({ words }) => ((words as ConstraintWords).foreignKey as ForeignKey).references.columns)
      const columns = table.columns.filter(column => lists.some(list => list.includes(column.name))).map(({ name, type }) => `${quoted(name)} ${type}`)
      const keys = [...new Set(lists.map(list => `unique (${list.map(quoted).join(', ')})`))]
      await this.#make(`create temporary table ${scratchSql(name)} (${[...columns, ...keys].join(', ')})`, name)
    }
  }

  async renamed (table: CatalogTable, to: string, columns: ReadonlyMap<string, string>): Promise<CatalogTable> {
    return this.#apart(async () => {
      const shape = shapeOfCatalog(table)
      // Names of indexes are those of the code already.
      const parts = shape.parts.map((part, at) => ({ ...part, name: `${AGAIN}_${at}` }))
      const { table: create, indexes } = tableStatements({ ...shape, parts, name: AGAIN }, 'postgres', { what: 'temporary table', nameOf: quoted })
      for (const sql of [create, ...indexes]) await this.#ask(sql)
      for (const [from, now] of columns) await this.#ask(`alter table ${quoted(AGAIN)} rename column ${quoted(from)} to ${quoted(now)}`)
      const read = (await readPostgres(this.#ask, 'temporary')).tables.get(AGAIN) as CatalogTable
      const own = read.parts.map(part => {
        const at = Number(part.name.slice(AGAIN.length + 1))
        const { name } = shape.parts[at] as PartShape
        const was = table.parts.filter(({ kind }) => kind !== 'foreign')[at] as CatalogPart
        return { ...part, name, words: { ...part.words, name, ...isNotValid(was) && { notValid: true as const } } }
      })
      return { ...read, name: to, parts: [...own, ...renamedKeys(table, columns)], alone: table.alone, ...inheritsAs(table, columns) }
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
    const on = scratchSql(table.name)
    const names = table.columns.map(({ name }) => name)
    const settle = async (part: CatalogPart): Promise<string> => {
      let words = part.words
      return this.#settle(part.definition, async () => {
        const shape = partOf(table.name, { ...words, name: AGAIN }, names, 'postgres')
        await this.#ask(shape.kind === 'index' ? indexSql(on, shape) : `alter table ${on} add ${constraintSql(shape, quoted)}`)
        const read = await readTemporaryPart(this.#ask, scratchTable(table.name), AGAIN, shape.kind === 'index')
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
    const [on, column] = [scratchSql(table.name), quoted(kind === 'default' ? name : AGAIN)]
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

/** The tables of the current schema, and of those that the code names. */
export async function readActual (ask: Ask, shapes: ReadonlyArray<Pick<TableShape, 'name' | 'parts'>>): Promise<Catalog> {
  const [row] = await ask('select current_schema()::text as schema')
  const named = shapes.flatMap(({ name, parts }) => [name, ...parts.flatMap(({ target }) => target ?? [])]).filter(name => name.includes('.')).map(name => String(name.split('.')[0]))
  return readPostgres(ask, { schemas: [...new Set([...row?.schema === null ? [] : [String(row?.schema)], ...named])] })
}

/** From now on what has no schema is temporary. */
export async function openTemporary (ask: Ask): Promise<void> {
  try {
    await ask('create temporary table apikit_touch ()')
    await ask('drop table apikit_touch')
    await ask("select set_config('search_path', 'pg_temp' || case when current_setting('search_path') = '' then '' else ', ' || current_setting('search_path') end, true)")
  } catch (error) {
    throw Object.assign(new APIKIT_ERR_MIGRATION(`diff compares in temporary tables, which this role must not create. Run: grant temporary on database … to … (${messageOf(error)})`), { cause: error })
  }
}
