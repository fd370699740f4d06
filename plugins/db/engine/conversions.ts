/**
 * What columns of `column.of` decode by themselves, for all connections of a database.
 *
 * @module
 */

import type { AnyTable } from '../tables/table-types.ts'
import type { Decode } from './field.ts'

export class Conversions {
  readonly #decoders = new Map<string, Decode>()

  add ({ name, columns }: AnyTable): void {
    for (const [column, { conversion }] of Object.entries(columns)) {
      if (conversion?.decode !== undefined) this.#decoders.set(JSON.stringify([name, column]), conversion.decode as Decode)
    }
  }

  /** Whether there is nothing to be found. */
  get isEmpty (): boolean {
    return this.#decoders.size === 0
  }

  find (table: string, column: string): Decode | undefined {
    return this.#decoders.get(JSON.stringify([table, column]))
  }
}
