/**
 * A table, declared once: the types of its rows, the schemas of what comes in and goes out, the statements that make it.
 *
 * @module
 */

import type { Static, TObject, TOptional, TProperties, TSchema } from '@fastify/type-provider-typebox'
import type { ColumnType, Insertable, Selectable, Updateable } from 'kysely'
import { copyOf, objectOf, optional as optionally } from '../../types/typebox.ts'
import { APIKIT_ERR_TABLE } from '../errors.ts'
import { problemsOf } from './table-problems.ts'
import type { AnyTable, Column, Columns, TableOptions } from './table-types.ts'

export type { AnyTable, Columns, ForeignKey, IndexKey, IndexOptions, KeyOptions, TableOptions, UniqueOptions } from './table-types.ts'

type Shown<C extends Columns> = { [name in keyof C as C[name] extends Column<TSchema, boolean, true> ? never : name]: C[name]['schema'] }
type Given<C extends Columns> = { [name in keyof C as C[name] extends Column<TSchema, boolean, true> | Column<TSchema, boolean, boolean, true> ? never : name]: C[name] }
type Changed<C extends Columns> = { [name in keyof Given<C> as C[name] extends Column<TSchema, boolean, boolean, boolean, true> ? never : name]: C[name] }
type Created<C extends Columns> = { [name in keyof C]: C[name] extends Column<infer S, true> ? TOptional<S> : C[name]['schema'] }
type Updated<C extends Columns> = { [name in keyof C]: TOptional<C[name]['schema']> }

/** What Kysely knows of a table. */
export type KyselyTable<C extends Columns> = {
  readonly [name in keyof C]: C[name] extends Column<infer S, infer Optional>
    ? ColumnType<Static<S>, Optional extends true ? Static<S> | undefined : Static<S>, Static<S>>
    : never
}

/** Which fields a model has. */
export interface ModelOptions<Name, Picked extends Name, Omitted extends Name, Added extends TProperties> {
  /** These fields alone. */
  readonly pick?: readonly Picked[]
  /** All fields but these. */
  readonly omit?: readonly Omitted[]
  /** Further fields, or others in their place. */
  readonly add?: Added
  /** Its name in the OpenAPI document. */
  readonly title?: string
}

type Model<P, Picked extends PropertyKey, Omitted extends PropertyKey, Added> = TObject<{
  [name in Exclude<keyof P & Picked, Omitted> | keyof Added]: name extends keyof Added ? Added[name] : name extends keyof P ? P[name] : never
} extends infer M extends TProperties ? M : never>

type ModelOf<P> = <const Picked extends keyof P = keyof P, const Omitted extends keyof P = never, Added extends TProperties = {}> (
  options?: ModelOptions<keyof P, Picked, Omitted, Added>) => Model<P, Picked, Omitted, Added>

/** A table: its schemas are those of TypeBox, for routes. */
export interface Table<Name extends string = string, C extends Columns = Columns> {
  readonly name: Name
  readonly columns: C
  readonly options: TableOptions
  /** All columns. */
  readonly Row: TObject<{ [name in keyof C]: C[name]['schema'] }>
  /** What may leave: all but what is hidden. */
  readonly Public: TObject<Shown<C>>
  /** What a client gives for a new row: all but what is hidden, or set by the server or the database; what has a default is optional. */
  readonly Create: TObject<Created<Given<C>>>
  /** What a client gives to change a row: the same without the key, all optional and without defaults. */
  readonly Update: TObject<Updated<Changed<C>>>
  /** Returns a model for new rows. */
  readonly create: ModelOf<Created<Given<C>>>
  /** Returns a model for changes. */
  readonly update: ModelOf<Updated<Changed<C>>>
  /**
   * Returns a model for responses.
   *
   * ```ts
   * const UserWithItems = users.public({ omit: ['is_active'], add: { items: Type.Array(items.Public) }, title: 'UserWithItems' })
   * ```
   */
  readonly public: ModelOf<Shown<C>>
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
  const pick = (suffix: string, takes: (column: Column) => boolean, schema: (column: Column) => TSchema): { model: TObject, more: unknown } => {
    const properties: TProperties = {}
    for (const [name, column] of Object.entries(columns)) if (takes(column)) properties[name] = schema(column)
    return { model: objectOf(properties, title === undefined ? {} : { title: `${title}${suffix}` }), more: modelOf(properties) }
  }
  const isGiven = ({ hidden, generated }: Column): boolean => !hidden && !generated
  const shown = pick('', ({ hidden }) => !hidden, ({ stored, readOnly }) => readOnly ? copyOf(without(stored, 'default'), { readOnly }) : without(stored, 'default'))
  const create = pick('Create', isGiven, ({ schema, optional }) => optional ? optionally(schema) : schema)
  const update = pick('Update', column => isGiven(column) && !isKey(column, columns, options), ({ schema }) => optionally(without(schema, 'default')))
  const declared: AnyTable = new Declared({
    name,
    columns,
    options,
    // Of what is there nothing is left to a default.
    Row: pick('Row', () => true, ({ stored }) => without(stored, 'default')).model,
    Public: shown.model,
    Create: create.model,
    Update: update.model,
    create: create.more,
    update: update.more,
    public: shown.more
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

/** Columns of the key in the options of the table are those of a key, too. The types do not see them. */
function isKey (column: Column, columns: Columns, { primaryKey = [] }: TableOptions): boolean {
  if (column.primaryKey) return true
  const names = 'columns' in primaryKey ? primaryKey.columns : primaryKey
  return names.some(name => columns[name] === column)
}

function modelOf (properties: TProperties): (options?: ModelOptions<string, string, string, TProperties>) => TObject {
  return ({ pick = Object.keys(properties), omit = [], add = {}, title } = {}) => {
    const unknown = [...pick, ...omit].filter(name => !Object.hasOwn(properties, name))
    if (unknown.length > 0) throw new APIKIT_ERR_TABLE(`model: it has no field ${unknown.join(', ')}. Expected: ${Object.keys(properties).join(', ')}`)
    const own = pick.filter(name => !omit.includes(name)).map(name => [name, properties[name] as TSchema] as const)
    return objectOf({ ...Object.fromEntries(own), ...add }, title === undefined ? {} : { title })
  }
}
