/**
 * Types as they are written: a name, and numbers.
 *
 * @module
 */

import { tokensOf } from '../tables/sql-tokens.ts'

/** `name(1, -2)` in its pieces. */
export function typeParts (type: string): { readonly name: string, readonly numbers: readonly number[] } {
  const tokens = tokensOf(type)
  const open = tokens.findIndex(({ text }) => text === '(')
  if (open < 0) return { name: type, numbers: [] }
  const numbers = tokens.flatMap(({ kind, text }, at) => at > open && kind === 'number' ? [Number(text) * (tokens[at - 1]?.text === '-' ? -1 : 1)] : [])
  return { name: type.slice(0, tokens[open]?.start).trim(), numbers }
}
