/**
 * Columns as parameters of a request.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import { copyOf } from '../../types/typebox.ts'
import type { Column } from '../tables/table-types.ts'

/** The schema of a column's value, without the default that new rows get: a parameter is given, or left out. */
export function parameterSchema ({ schema }: Column): TSchema {
  const plain = copyOf(schema)
  Reflect.deleteProperty(plain, 'default')
  return plain
}
