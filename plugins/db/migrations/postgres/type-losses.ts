/**
 * Types of PostgreSQL that hold less than others: what would be rounded, or refused.
 *
 * @module
 */

import { quoted } from '../../tables/names.ts'
import { typeParts } from '../type-parts.ts'

const INTEGERS = ['smallint', 'integer', 'bigint']
const DIGITS: Readonly<Record<string, number>> = { smallint: 5, integer: 10, bigint: 19 }
/** Exactly held by these. */
const FLOATS: Readonly<Record<string, readonly string[]>> = { smallint: ['real', 'double precision'], integer: ['double precision'], real: ['double precision'] }
const TIMES = /^(timestamp|time)(?:\((\d)\))? (with|without) time zone$/

/** Whether every value of a type is one of the other, too. Where that is not known, it is `false`. */
export function holdsAll (from: string, to: string): boolean {
  if (from === to) return true
  if (from.endsWith('[]') && to.endsWith('[]')) return holdsAll(from.slice(0, -2), to.slice(0, -2))
  const [was, now] = [typeParts(from), typeParts(to)]
  if (now.name === 'text' || to === 'character varying') return was.name !== 'character'
  if (was.name === now.name && (now.name === 'character varying' || now.name === 'character')) return Number(now.numbers[0]) >= Number(was.numbers[0] ?? Infinity)
  if (INTEGERS.includes(from) && INTEGERS.includes(to)) return INTEGERS.indexOf(to) > INTEGERS.indexOf(from)
  if (FLOATS[from]?.includes(to) === true || (from === 'jsonb' && to === 'json') || (from === 'date' && to.startsWith('timestamp'))) return true
  if (now.name === 'numeric') return holdsDigits(was, now)
  const [old, other] = [TIMES.exec(from), TIMES.exec(to)]
  return old !== null && other !== null && old[1] === other[1] && (old[1] === 'timestamp' || old[3] === other[3]) && Number(other[2] ?? 6) >= Number(old[2] ?? 6)
}

interface Parts {
  readonly name: string
  readonly numbers: readonly number[]
}

function holdsDigits (was: Parts, { numbers: [precision, scale = 0] }: Parts): boolean {
  const digits = DIGITS[was.name]
  if (precision === undefined) return digits !== undefined || was.name === 'numeric'
  if (digits !== undefined) return scale >= 0 && precision - scale >= digits
  const [first, second = 0] = was.numbers
  return was.name === 'numeric' && first !== undefined && scale >= second && precision - scale >= first - second
}

/**
 * Rows that another type would change: their values there and back are others.
 *
 * @param on the table in SQL
 * @param using what makes the new values, and what makes the old ones again
 */
export function lossQuery (on: string, name: string, { from, to, using, isComparable }: { readonly from: string, readonly to: string, readonly using: string | undefined, readonly isComparable: boolean }): string {
  const column = quoted(name)
  const [there, back] = using === undefined ? [`${column}::${to}`, `(${column}::${to})::${from}`] : [`(${using})::${to}`, `((${using})::${to} at time zone 'UTC')::${from}`]
  const differs = isComparable ? `${back} is distinct from ${column}` : `(${back})::text is distinct from ${column}::text`
  return `select count(*) as rows, count(${there}) filter (where ${differs}) as lost from ${on}`
}
