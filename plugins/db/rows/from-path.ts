/**
 * The row that a path names, as a dependency.
 *
 * @module
 */

import { Type } from '@sinclair/typebox'
import { type Dependency, dependency } from '../../dependencies/index.ts'
import { NotFound } from '../../errors/http-error.ts'
import { session } from '../sessions/request-session.ts'
import type { AnyTable, Row } from '../tables/table.ts'
import type { Column } from '../tables/table-types.ts'
import { keyOf } from './keys.ts'
import { parameterSchema } from './parameter-schema.ts'
import { findOr404, type Id } from './rows.ts'

/** How the row is found. */
export interface FromPathOptions {
  /** Name of the path parameter, for a key of one column. Default: the column of the key, as in `/users/:id`. */
  readonly parameter?: string
  /** Detail of the 404. Default: `<title of the table> not found`, or `Not Found` without a title. */
  readonly detail?: string
}

/**
 * Returns a dependency: the row whose key stands in the path, read in the session of the request. A parameter that no key can be is
 * a 422, a row that is not there a 404; both, and the parameter, are in the OpenAPI document.
 *
 * ```ts
 * app.get('/users/:id', {
 *   config: { depends: { user: fromPath(users) } },
 *   schema: { response: { 200: users.Public } }
 * }, async ({ deps: { user } }) => user)
 * ```
 *
 * A key of several columns has a parameter for each: `/seats/:row/:number`.
 *
 * @throws APIKIT_ERR_TABLE when the table has no key
 */
export function fromPath<T extends AnyTable> (table: T, options: FromPathOptions = {}): Dependency<Row<T>> {
  const key = keyOf(table)
  const { parameter, detail } = options
  const names = key.length === 1 && parameter !== undefined ? [parameter] : key
  const params = Type.Object(Object.fromEntries(key.map((column, index) => [names[index], parameterSchema(table.columns[column] as Column)])))
  return dependency({ name: table.name, scope: 'function', needs: { db: session }, params, errors: [NotFound] }, async ({ db, params }) => {
    const values: Readonly<Record<string, unknown>> = params
    const id = key.length === 1 ? values[names[0] as string] : values
    return await findOr404(db as never, table as never, id as Id<never>, detail)
  }) as unknown as Dependency<Row<T>>
}
