/**
 * What our connections to SQLite can calculate besides: it has no exact decimals.
 *
 * @module
 */

import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { sortForm, storedForm } from '../../tables/decimal-form.ts'
import { fits } from '../../tables/number-fit.ts'
import { SORT_FUNCTION, STORE_FUNCTION } from '../long-decimals.ts'

type Call = (...values: never[]) => unknown

const FUNCTIONS: Readonly<Record<string, Call>> = {
  [SORT_FUNCTION]: (value: unknown) => value === null ? null : sortForm(value) ?? null,
  /** Whether a column of a type holds a value as it is. */
  apikit_fits: (value: unknown, type: string) => Number(fits(value, type)),
  [STORE_FUNCTION]: (value: unknown, scale: bigint) => value === null ? null : String(storedForm(value, Number(scale))),
  /** A number with all its digits, of which SQLite's own cast leaves out some. */
  apikit_text: (value: unknown) => typeof value === 'number' ? String(value) : value
}

export function addFunctions (db: DatabaseSync): void {
  for (const [name, call] of Object.entries(FUNCTIONS)) db.function(name, { deterministic: true, useBigIntArguments: true }, call as (...values: unknown[]) => SQLInputValue)
}
