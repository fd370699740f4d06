/**
 * Rows by their keys, and many at once.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import type { Kysely, QueryExecutorProvider, SelectQueryBuilder } from 'kysely'
import { NotFound } from '../../errors/http-error.ts'
import { APIKIT_ERR_TABLE } from '../errors.ts'
import type { AnyTable, NewRow, Row, RowUpdate } from '../tables/table.ts'
import type { Column } from '../tables/table-types.ts'

/** What rows are read from and written to: `app.db`, a session, and a transaction of Kysely's, which does not say its tables. */
export interface Source<DB> extends QueryExecutorProvider {
  /** For the types. */
  readonly $tables?: DB
}

/** A table that the database has, by its name. */
export type In<DB, T extends AnyTable> = unknown extends DB ? unknown : T['name'] extends keyof DB ? unknown : never

type KeyOf<C> = { [name in keyof C]: C[name] extends Column<TSchema, boolean, boolean, boolean, true> ? name : never }[keyof C]
type IsUnion<T, U = T> = T extends unknown ? [U] extends [T] ? false : true : never

/** The key of a row: the value of its column, or an object of those of its columns. */
export type Id<T extends AnyTable> = KeyOf<T['columns']> extends infer K extends keyof Row<T>
  ? [K] extends [never] ? Partial<Row<T>> : IsUnion<K> extends true ? Pick<Row<T>, K> : Row<T>[K]
  : never

/** Any database: names are checked at the door. */
type Loose = Kysely<Record<string, Record<string, unknown>>>

/** The names of the columns of a key. */
export function keyOf ({ name, columns, options: { primaryKey } }: AnyTable): readonly string[] {
  const declared = primaryKey === undefined ? [] : 'columns' in primaryKey ? primaryKey.columns : primaryKey
  const names = declared.length > 0 ? declared : Object.keys(columns).filter(column => columns[column]?.primaryKey)
  if (names.length === 0) throw new APIKIT_ERR_TABLE(`${JSON.stringify(name)}: has no primary key, so its rows cannot be found by key`)
  return names
}

/** Columns of the key and their values. */
function keyValues (table: AnyTable, id: unknown): Array<readonly [string, unknown]> {
  const names = keyOf(table)
  const values = names.length === 1 ? [id] : names.map(name => Object(id)[name] as unknown)
  if (values.includes(undefined)) throw new APIKIT_ERR_TABLE(`${JSON.stringify(table.name)}: the key ${names.join(', ')} must not be undefined`)
  return names.map((name, index) => [name, values[index]])
}

/**
 * Returns the row with a key, or `undefined`.
 *
 * ```ts
 * const user = await find(db, users, id)
 * const seat = await find(db, seats, { row: 3, number: 7 }) // a key of two columns
 * ```
 *
 * @param db a session, or `app.db`
 * @throws APIKIT_ERR_TABLE when the table has no key, or a part of the key is undefined
 * @see https://sqlmodel.tiangolo.com/tutorial/one/#select-by-id-with-get
 */
export async function find<DB, T extends AnyTable> (db: Source<DB>, table: T & In<DB, T>, id: Id<T>): Promise<Row<T> | undefined> {
  let query: SelectQueryBuilder<Record<string, Record<string, unknown>>, string, {}> = (db as unknown as Loose).selectFrom(table.name).selectAll()
  for (const [column, value] of keyValues(table, id)) query = query.where(column, '=', value)
  return query.executeTakeFirst() as Promise<Row<T> | undefined>
}

/**
 * Returns the row with a key, or ends the request with status 404.
 *
 * ```ts
 * const user = await findOr404(db, users, id) // {"detail": "User not found"}
 * ```
 *
 * @param detail of the answer. Default: `<title of the table> not found`, or `Not Found` without a title
 * @throws NotFound
 * @throws APIKIT_ERR_TABLE when the table has no key, or a part of the key is undefined
 */
export async function findOr404<DB, T extends AnyTable> (db: Source<DB>, table: T & In<DB, T>, id: Id<T>, detail?: string): Promise<Row<T>> {
  const row = await find<DB, T>(db, table, id)
  const { title } = table.options
  if (row === undefined) throw new NotFound(detail ?? (title === undefined ? undefined : `${title} not found`))
  return row
}

/**
 * Changes the row with a key and returns it, or `undefined` where there is none. Without a field to change it only reads the
 * row: the body of a PATCH may be `{}`. Fields that are `undefined` are left as they are.
 *
 * ```ts
 * app.patch('/users/:id', { schema: { body: users.Update, … } }, async ({ params: { id }, body, deps: { db } }) => {
 *   const user = await patch(db, users, id, body)
 *   if (user === undefined) throw new NotFound('User not found')
 *   return user
 * })
 * ```
 *
 * @throws APIKIT_ERR_TABLE when the table has no key, or a part of the key is undefined
 * @see https://sqlmodel.tiangolo.com/tutorial/fastapi/update/
 */
export async function patch<DB, T extends AnyTable> (db: Source<DB>, table: T & In<DB, T>, id: Id<T>, changes: RowUpdate<T>): Promise<Row<T> | undefined> {
  const set = defined(changes)
  if (Object.keys(set).length === 0) return find<DB, T>(db, table, id)
  let query = (db as unknown as Loose).updateTable(table.name).set(set)
  for (const [column, value] of keyValues(table, id)) query = query.where(column, '=', value)
  return query.returningAll().executeTakeFirst() as Promise<Row<T> | undefined>
}

/** What both databases take in one statement. */
const PARAMETERS = 32_766
/** Rows of a statement: more of them are not faster, and take longer at a time. */
const ROWS = 1000

/**
 * Inserts any number of rows: all of them or none. Rows with the same fields share statements, of as many rows as a statement
 * takes; a field that is missing, or undefined, gets its default.
 *
 * ```ts
 * await insertMany(db, items, lines.map(([title, price]) => ({ title, price })))
 * ```
 *
 * @param db a session; of `app.db` itself, it is a transaction of its own
 * @returns how many rows were inserted
 */
export async function insertMany<DB, T extends AnyTable> (db: Source<DB>, table: T & In<DB, T>, rows: Iterable<NewRow<T>>): Promise<number> {
  const groups = new Map<string, Array<Record<string, unknown>>>()
  let count = 0
  for (const row of rows) {
    const values = defined(row)
    const fields = JSON.stringify(Object.keys(values).sort())
    const group = groups.get(fields)
    if (group === undefined) groups.set(fields, [values])
    else group.push(values)
    count++
  }
  const insert = async (db: Loose): Promise<void> => {
    for (const group of groups.values()) {
      // Kysely takes no row without a field beside others.
      const width = Object.keys(group[0] as object).length
      const size = width === 0 ? 1 : Math.max(1, Math.min(ROWS, Math.floor(PARAMETERS / width)))
      for (let at = 0; at < group.length; at += size) await db.insertInto(table.name).values(group.slice(at, at + size)).execute()
    }
  }
  if (count === 0) return 0
  const loose = db as unknown as Loose
  await (loose.isTransaction ? insert(loose) : loose.transaction().execute(insert))
  return count
}

function defined (row: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined))
}
