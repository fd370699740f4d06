/**
 * A table, declared once: the types of its rows, the schemas of what comes in and goes out, the statements that make it.
 *
 * @module
 */

import type { Static, TObject, TOptional, TProperties, TSchema } from '@fastify/type-provider-typebox'
import type { ColumnType, Insertable, Selectable, Updateable } from 'kysely'
import { kCodec } from '../types/codec.ts'
import { copyOf, objectOf, optional as optionally } from '../types/typebox.ts'
import { APIKIT_ERR_TABLE } from './errors.ts'
import type { AnyTable, Column, Columns, TableOptions } from './table-types.ts'

export type { AnyTable, Columns, ForeignKey, TableOptions } from './table-types.ts'

type Shown<C extends Columns> = { [name in keyof C as C[name] extends Column<TSchema, boolean, true> ? never : name]: C[name]['schema'] }
type Given<C extends Columns> = { [name in keyof C as C[name] extends Column<TSchema, boolean, true> | Column<TSchema, boolean, boolean, true> ? never : name]: C[name] }
type Created<C extends Columns> = { [name in keyof C]: C[name] extends Column<infer S, true> ? TOptional<S> : C[name]['schema'] }
type Updated<C extends Columns> = { [name in keyof C]: TOptional<C[name]['schema']> }

/** What Kysely knows of a table. */
export type KyselyTable<C extends Columns> = {
  readonly [name in keyof C]: C[name] extends Column<infer S, infer Optional>
    ? ColumnType<Static<S>, Optional extends true ? Static<S> | undefined : Static<S>, Static<S>>
    : never
}

/** A table: its schemas are those of TypeBox, for routes. */
export interface Table<Name extends string = string, C extends Columns = Columns> {
  readonly name: Name
  readonly columns: C
  readonly options: TableOptions
  /** All columns. */
  readonly Row: TObject<{ [name in keyof C]: C[name]['schema'] }>
  /** What may leave: all but what is hidden. */
  readonly Public: TObject<Shown<C>>
  /** What a client gives for a new row: all but what is hidden or made by the database; what has a default is optional. */
  readonly Create: TObject<Created<Given<C>>>
  /** What a client gives to change a row: the same, all optional and without defaults. */
  readonly Update: TObject<Updated<Given<C>>>
}

/** The row of a table: SQLAlchemy's model. */
export type Row<T extends AnyTable> = Selectable<KyselyTable<T['columns']>>
/** What is inserted into a table. */
export type NewRow<T extends AnyTable> = Insertable<KyselyTable<T['columns']>>
/** What is changed in a row. */
export type RowUpdate<T extends AnyTable> = Updateable<KyselyTable<T['columns']>>

/** The type of a database with some tables, for Kysely. */
export type TablesOf<T extends readonly AnyTable[]> = { readonly [one in T[number] as one['name']]: KyselyTable<one['columns']> }

/**
 * Declares a table.
 *
 * ```ts
 * export const users = table('users', {
 *   id: column.id(),
 *   email: column.text({ unique: true }),
 *   hashed_password: column.text({ hidden: true }),
 *   is_active: column.boolean({ default: true })
 * }, { title: 'User' })
 *
 * app.get('/users/:id', { schema: { response: { 200: users.Public } } }, …)
 * ```
 *
 * @throws APIKIT_ERR_TABLE, one error that names all that is wrong with it
 * @see https://fastapi.tiangolo.com/tutorial/sql-databases/
 */
export function table<const Name extends string, C extends Columns> (name: Name, columns: C, options: TableOptions<keyof C & string> = {}): Table<Name, C> {
  const problems = problemsOf(name, columns, options)
  if (problems.length > 0) throw new APIKIT_ERR_TABLE(`${JSON.stringify(name)}: ${problems.join('; ')}`)

  const { title } = options
  const pick = (suffix: string, takes: (column: Column) => boolean, schema: (column: Column) => TSchema): TObject => {
    const properties: TProperties = {}
    for (const [name, column] of Object.entries(columns)) if (takes(column)) properties[name] = schema(column)
    return objectOf(properties, title === undefined ? {} : { title: `${title}${suffix}` })
  }
  const isGiven = ({ hidden, generated }: Column): boolean => !hidden && !generated
  const declared: AnyTable = new Declared({
    name,
    columns,
    options,
    // Of what is there nothing is left to a default.
    Row: pick('Row', () => true, ({ stored }) => without(stored, 'default')),
    Public: pick('', ({ hidden }) => !hidden, ({ stored }) => without(stored, 'default')),
    Create: pick('Create', isGiven, ({ schema, optional }) => optional ? optionally(schema) : schema),
    Update: pick('Update', isGiven, ({ schema }) => optionally(without(schema, 'default')))
  })
  // Made entry by entry, an object has no type that TypeScript could compare.
  return declared as Table<Name, C>
}

/** A class, since options of plugins are copied, and instances are not. */
class Declared implements AnyTable {
  declare readonly name: string
  declare readonly columns: Columns
  declare readonly options: TableOptions

  constructor (table: AnyTable & { readonly [schema: string]: unknown }) {
    Object.assign(this, table)
  }
}

function without (schema: TSchema, keyword: string): TSchema {
  const rest = copyOf(schema)
  Reflect.deleteProperty(rest, keyword)
  return rest
}

// PostgreSQL cuts longer names off, and two of them could become one; names of constraints are made of these.
const NAME = /^[a-z_][a-z\d_]{0,47}$/

function * problemsIn (table: string, columns: Columns, options: TableOptions): Generator<string> {
  if (!NAME.test(table)) yield 'its name is not made of a–z, 0–9 and _, or is longer than 48 characters'
  if (Object.keys(columns).length === 0) yield 'it has no columns'
  const keys = Object.entries(columns).filter(([, { primaryKey }]) => primaryKey).map(([name]) => name)
  if (keys.length === 0 && options.primaryKey === undefined) yield 'it has no key; make a column column.id(), or primaryKey: true'
  if (keys.length > 0 && options.primaryKey !== undefined) yield 'its key is declared twice, in columns and in the options'

  for (const [name, column] of Object.entries(columns)) {
    if (!NAME.test(name)) yield `the name of the column ${JSON.stringify(name)} is not made of a–z, 0–9 and _, or is longer than 48 characters`
    if (column.references !== undefined && (column.references.table === '' || column.references.column === '')) yield `${name} references nothing; write 'table.column'`
    if (column.primaryKey && column.nullable) yield `${name} is the key and may be null`
    if (column.kind === 'json' && hasCodec(column.schema)) yield `${name} is JSON, in which dates, decimals and the like are text: describe them as such`
    const [precision = 1, scale = 0] = column.digits ?? []
    if (!(Number.isInteger(precision) && Number.isInteger(scale) && precision > 0 && scale >= 0 && scale <= precision && precision <= 1000)) yield `${name} is a decimal of ${precision} digits with ${scale} behind the point`
    if (column.kind === 'json' && (column.unique || column.index || column.primaryKey)) yield `${name} is JSON, which cannot be unique or an index`
  }

  const { primaryKey = [], unique = [], indexes = [], foreignKeys = [] } = options
  const lists = [primaryKey, ...unique, ...indexes, ...foreignKeys.map(({ columns }) => columns)]
  for (const name of new Set(lists.flat())) if (!Object.hasOwn(columns, name)) yield `there is no column ${JSON.stringify(name)}, which its options name`
  for (const { columns, references } of foreignKeys) if (columns.length !== references.columns.length) yield `the foreign key of ${columns.join(', ')} references ${references.columns.length} columns`
}

function problemsOf (table: string, columns: Columns, options: TableOptions): string[] {
  return [...problemsIn(table, columns, options)]
}

/** Whether something in a schema is of the domain, and so other in a row than in JSON. */
function hasCodec (schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false
  return kCodec in schema || Object.values(schema).some(hasCodec)
}
