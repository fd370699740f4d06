/**
 * What the tables of an app say about the constraints that a database names in its errors.
 *
 * @module
 */

import type { Dialect } from '../tables/dialect.ts'
import { shapeOf } from '../tables/shape.ts'
import type { AnyTable } from '../tables/table.ts'
import type { Broken } from './violations.ts'

interface Known {
  readonly table: string
  readonly columns: readonly string[]
}

export class Constraints {
  readonly #dialect: Dialect
  /** Two schemas may have constraints of one name. */
  readonly #byName = new Map<string, Known[]>()
  readonly #hidden = new Map<string, ReadonlySet<string>>()

  constructor (dialect: Dialect) {
    this.#dialect = dialect
  }

  add (table: AnyTable): void {
    const { name, parts } = shapeOf(table, this.#dialect)
    // A condition is about the columns that it names.
    for (const { name: constraint, columns } of parts) this.#byName.set(constraint, [...this.#byName.get(constraint) ?? [], { table: name, columns }])
    this.#hidden.set(name, new Set(Object.entries(table.columns).flatMap(([column, { hidden }]) => hidden ? [column] : [])))
  }

  /** The name of a table as its declaration has it: with its schema, where that is in the name. */
  nameOf (table: string, schema: string | undefined): string {
    const whole = `${schema}.${table}`
    return this.#hidden.has(whole) ? whole : table
  }

  /** @param found what the database itself has said */
  broken (constraint: string | undefined, found: Partial<Known> = {}): Broken {
    const known = this.#byName.get(String(constraint))?.find(({ table }) => found.table === undefined || table === found.table)
    const table = found.table ?? known?.table
    const columns = found.columns ?? known?.columns ?? []
    const hidden = table === undefined ? undefined : this.#hidden.get(table)
    // Of a table that nobody has declared here, nothing is told.
    return { table, columns, constraint, shown: hidden === undefined || columns.some(column => hidden.has(column)) ? [] : columns }
  }
}
