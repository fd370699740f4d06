/**
 * What `jsonable()` takes and gives.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import type { ResponseOptions } from '../core/plan/response-options.ts'

/** A JSON value. */
export type Jsonable = string | number | boolean | null | Jsonable[] | { [key: string]: Jsonable }

export interface JsonableOptions extends ResponseOptions {
  /** Response model. The value is validated, filtered and written as in a response. Without it, it is written by its type. */
  readonly schema?: TSchema
  /** Encoders by class, which replace the default. An encoder of the class itself precedes one of a base class. */
  readonly encoders?: ReadonlyMap<abstract new (...args: never[]) => unknown, (value: never) => unknown>
}
