/**
 * Rows by their keys.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import { type Kysely, type QueryExecutorProvider, type SelectQueryBuilder, SqliteAdapter } from 'kysely'
import { NotFound } from '../../errors/http-error.ts'
import { columnNode, expressionOf, tableNode } from '../engine/nodes.ts'
import { APIKIT_ERR_TABLE } from '../errors.ts'
import type { Dialect } from '../tables/dialect.ts'
import type { AnyTable, Row, RowUpdate } from '../tables/table.ts'
import type { Column } from '../tables/table-types.ts'
import { keyOf } from './keys.ts'

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

/** The database that runs the statements. */
export function dialectOf (db: Source<unknown>): Dialect {
  return db.getExecutor().adapter instanceof SqliteAdapter ? 'sqlite' : 'postgres'
}

/** Any database: names are checked at the door. */
type Loose = Kysely<Record<string, Record<string, unknown>>>

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
  let query: SelectQueryBuilder<Record<string, Record<string, unknown>>, string, {}> = (db as unknown as Loose).selectFrom(expressionOf(tableNode(table.name)) as never).selectAll()
  for (const [column, value] of keyValues(table, id)) query = query.where(expressionOf(columnNode(undefined, column)), '=', value as never)
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
  let query = (db as unknown as Loose).updateTable(expressionOf(tableNode(table.name)) as never).set(set as never)
  for (const [column, value] of keyValues(table, id)) query = query.where(expressionOf(columnNode(undefined, column)), '=', value as never)
  return query.returningAll().executeTakeFirst() as Promise<Row<T> | undefined>
}

function defined (row: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined))
}
