/**
 * Places in a prepared statement that values are put into.
 *
 * @module
 */

import type { CompiledQuery } from 'kysely'
import { APIKIT_ERR_PREPARED } from '../errors.ts'

/** Stands for a value while a statement is built. Who looks at what it holds is told that there is nothing yet. */
export class Parameter {
  readonly name: string
  /** What its column does to its value. */
  readonly encode: ((value: unknown) => unknown) | undefined

  constructor (name: string, encode?: (value: unknown) => unknown) {
    this.name = name
    this.encode = encode
  }

  [Symbol.toPrimitive] (): never {
    throw new APIKIT_ERR_PREPARED(`the statement must not use the parameter ${this.name} in an expression of JavaScript. Compute the value first, and pass the result`)
  }

  toJSON (): never {
    throw new APIKIT_ERR_PREPARED(`the parameter ${this.name} must not be part of another value. Pass that value as one parameter`)
  }
}

/** A statement with its values. */
export interface Filled extends CompiledQuery {
  /** Under which a server may keep it: of its SQL, so that processes behind one pooler mean the same. */
  readonly name: string
  /** The same with the values in its tree, for the words of an error. */
  readonly whole: () => CompiledQuery
}

export function wholeOf (query: CompiledQuery | Filled | undefined): CompiledQuery | undefined {
  return query !== undefined && 'whole' in query ? query.whole() : query
}
