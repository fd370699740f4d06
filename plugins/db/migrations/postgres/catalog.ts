/**
 * Reads the catalog of PostgreSQL into parts: columns, constraints and indexes, each with its whole definition.
 *
 * @module
 */

import type { ConstraintWords, IndexWords } from '../../tables/part-shape.ts'
import type { Identity } from '../../tables/shape.ts'
import { bare, tokensOf } from '../../tables/sql-tokens.ts'
import type { Deferrable, ForeignAction, ForeignKey, IndexKey } from '../../tables/table-types.ts'
import type { Ask, AskedRow } from '../ask.ts'
import type { Catalog, CatalogColumn, CatalogPart, CatalogTable } from '../catalog.ts'
import { ALONE, COLUMNS, CONSTRAINTS, DOMAINS, ENUMS, INDEXES, INHERITS, TABLES } from './catalog-queries.ts'

/** Where tables are looked for: in schemas, or among the temporary ones. */
export type Where = { readonly schemas: readonly string[] } | 'temporary'

/** Groups rows by the table that they name. */
function byTable (rows: readonly AskedRow[]): (table: unknown) => readonly AskedRow[] {
  const groups = Map.groupBy(rows, ({ table }) => table)
  return table => groups.get(table) ?? []
}

async function schemasOf (ask: Ask, where: Where): Promise<readonly unknown[]> {
  const rows = where === 'temporary' ? await ask('select pg_my_temp_schema()::int8 as oid') : await ask('select oid::int8 as oid from pg_namespace where nspname = any ($1::text[])', where.schemas)
  return rows.map(({ oid }) => String(oid))
}

/** One constraint or index of the temporary tables. */
export async function readTemporaryPart (ask: Ask, of: string, name: string, isIndex: boolean): Promise<CatalogPart> {
  const [table] = await ask('select oid::int8 as oid from pg_class where relnamespace = pg_my_temp_schema() and relname = $1', of)
  const [row] = await ask(`select * from (${isIndex ? INDEXES : CONSTRAINTS}) part where part.name = $3`, [String(table?.oid)], [of], name)
  return isIndex ? indexOf(row as AskedRow) : constraintOf(row as AskedRow)
}

/** @param pathOf what a table is called, by its name there */
export async function readPostgres (ask: Ask, where: Where, pathOf = (name: string): string => name): Promise<Catalog> {
  const schemas = await schemasOf(ask, where)
  const all = (await ask(TABLES, schemas)).map(row => ({ ...row, name: pathOf(String(row.name)) }) as AskedRow)
  const tables = all.filter(({ dotted }) => dotted !== true)
  const found = [tables.map(({ oid }) => String(oid)), tables.map(({ name }) => String(name))] as const
  const columns = byTable(await ask(COLUMNS, ...found))
  const constraints = byTable((await ask(CONSTRAINTS, ...found)).map(row => ({ ...row, target: pathOf(String(row.target)) })))
  const indexes = byTable(await ask(INDEXES, ...found))
  const alone = byTable(await ask(ALONE, ...found))
  const inherits = byTable(await ask(INHERITS, ...found))
  const enums = await ask(ENUMS, where === 'temporary')
  return {
    tables: new Map(tables.map(row => {
      const { name } = row
      const keys = constraints(name)
      const own = indexes(name)
      const [family] = inherits(name)
      return [String(name), {
        name: String(name),
        columns: columns(name).map(columnOf),
        ...family !== undefined && { inherits: { parents: family.parents as string[], columns: new Map(family.columns as Array<[string, boolean]>) } },
        parts: [...keys.filter(({ dotted }) => dotted !== true).map(constraintOf), ...own.filter(({ valid }) => valid === true).map(indexOf)],
        alone: [...aloneOf(row), ...keys.flatMap(aloneKey), ...own.filter(({ valid }) => valid !== true).map(({ name }) => `invalid index ${String(name)}`), ...alone(name).map(({ what }) => String(what))]
      } satisfies CatalogTable]
    })),
    dotted: all.filter(({ dotted }) => dotted === true).map(({ path }) => String(path)),
    enums: new Map(enums.map(({ name, labels }) => [String(name), labels as string[]])),
    domains: new Map((await ask(DOMAINS)).map(({ name, base }) => [String(name), String(base)]))
  }
}

function * aloneOf ({ partitioned, partition_key: key, unlogged, row_security: rowSecurity, options }: AskedRow): Generator<string> {
  if (partitioned === true) yield `partitioned by ${String(key)}`
  if (unlogged === true) yield 'unlogged'
  if (rowSecurity === true) yield 'row level security'
  if (options !== null) yield `with (${String(options)})`
}

function aloneKey ({ name, valid, dotted, target }: AskedRow): string[] {
  return [
    ...dotted === true ? [`foreign key ${String(name)} to the table ${String(target)}, whose name has a dot`] : [],
    ...valid === true ? [] : [`constraint ${String(name)}, which is not valid: older rows are not checked`]
  ]
}

/** What stands behind the definition of a constraint whose rows are not checked. */
function withoutNotValid (definition: string): string {
  return definition.slice(0, tokensOf(definition).at(-3)?.end)
}

function columnOf ({ name, type, collate, not_null: notNull, identity, computed, value, serial, computed_of: of }: AskedRow): CatalogColumn {
  const isComputed = computed === 's' || computed === 'v'
  return {
    name: String(name),
    type: String(type),
    collate: collate === null ? undefined : String(collate),
    notNull: notNull === true,
    default: value === null || serial === true || isComputed ? undefined : String(value),
    identity: identityOf(identity, serial),
    computed: isComputed ? { as: String(value), stored: computed === 's', of: of as string[] } : undefined
  }
}

function identityOf (identity: unknown, serial: unknown): Identity | undefined {
  if (serial === true) return 'serial'
  return identity === 'a' ? 'identity always' : identity === 'd' ? 'identity' : undefined
}

function deferrableOf ({ deferrable, deferred }: AskedRow): { readonly deferrable?: Deferrable } {
  if (deferrable !== true) return {}
  return { deferrable: deferred === true ? 'initially deferred' : true }
}

function constraintOf (row: AskedRow): CatalogPart {
  const name = String(row.name)
  const columns = row.columns as string[]
  const notValid = row.valid === true ? {} : { notValid: true as const }
  const definition = row.valid === true ? String(row.definition) : withoutNotValid(String(row.definition))
  if (row.type === 'f') return foreignOf({ ...row, definition }, name, columns, notValid)
  if (row.type === 'c' || row.type === 'x') {
    return { kind: row.type === 'c' ? 'check' : 'other', name, columns, definition, words: { name, definition, ...notValid } }
  }
  const include = row.include as string[]
  const options = { columns, ...include.length > 0 && { include }, ...deferrableOf(row) }
  if (row.type === 'p') return { kind: 'primary', name, columns: [...columns, ...include], definition, words: { name, primaryKey: options } }
  const isPlain = include.length === 0 && row.deferrable !== true && row.nulls_same !== true
  return {
    kind: 'unique',
    name,
    columns: [...columns, ...include],
    definition,
    words: { name, unique: { ...options, ...row.nulls_same === true && { nullsNotDistinct: true } } },
    ...isPlain && { isUniqueOf: JSON.stringify(columns) }
  }
}

function foreignOf (row: AskedRow, name: string, columns: readonly string[], notValid: object): CatalogPart {
  const target = { table: String(row.target), columns: row.targets as string[] }
  const [onDelete, onUpdate] = [row.on_delete, row.on_update] as ForeignAction[]
  const foreignKey: ForeignKey = {
    columns,
    references: target,
    ...onDelete !== 'no action' && { onDelete: onDelete as ForeignAction },
    ...onUpdate !== 'no action' && { onUpdate: onUpdate as ForeignAction },
    ...deferrableOf(row),
    ...row.match === 'f' && { match: 'full' as const }
  }
  // `set null (column)` has no words of its own.
  const words: ConstraintWords = { name, ...row.partial === true ? { definition: String(row.definition) } : { foreignKey }, ...notValid }
  return { kind: 'foreign', name, columns, definition: JSON.stringify({ ...foreignKey, partial: row.partial === true && row.definition }), words, target }
}

interface Key {
  readonly column: string | null
  readonly definition: string
  readonly option: number | null
  readonly opclass: string | null
  readonly collate: string | null
  readonly include: boolean
}

function indexOf (row: AskedRow): CatalogPart {
  const all = row.keys as Key[]
  const keys = all.filter(({ include }) => !include).map(keyOf)
  const include = all.filter(({ include }) => include).map(({ column }) => String(column))
  const storage = Object.fromEntries((row.options as string[] | null ?? []).map(option => [option.slice(0, option.indexOf('=')), option.slice(option.indexOf('=') + 1)]))
  const words: IndexWords = {
    name: String(row.name),
    on: keys,
    unique: row.unique === true,
    ...row.predicate !== null && { where: String(row.predicate) },
    ...row.using !== 'btree' && { using: String(row.using) },
    ...include.length > 0 && { include },
    ...Object.keys(storage).length > 0 && { with: storage },
    ...row.nulls_same === true && { nullsNotDistinct: true }
  }
  const isPlain = words.unique && keys.every(key => typeof key === 'string') && Object.keys(words).length === 3
  const { name: _, ...definition } = words
  return {
    kind: 'index',
    name: words.name,
    columns: [...new Set([...row.columns as string[], ...include])],
    definition: JSON.stringify(definition),
    words,
    ...isPlain && { isUniqueOf: JSON.stringify(keys) }
  }
}

/** `indoption`: 1 descending, 2 nulls first. Nulls are last by default, and first in a descending order. */
function keyOf ({ column, definition, option, opclass, collate }: Key): string | IndexKey {
  const bits = Number(option)
  const desc = (bits & 1) === 1
  const first = (bits & 2) === 2
  const rest: IndexKey = {
    ...collate !== null && { collate },
    ...opclass !== null && { opclass },
    ...desc && { desc },
    ...first !== desc && { nulls: first ? 'first' : 'last' }
  }
  if (column !== null) return Object.keys(rest).length === 0 ? column : { column, ...rest }
  return { expression: textOf(definition), ...rest }
}

/** Without the parentheses around the whole. */
function textOf (sql: string): string {
  const tokens = bare(tokensOf(sql))
  return sql.slice(tokens[0]?.start, tokens.at(-1)?.end)
}
