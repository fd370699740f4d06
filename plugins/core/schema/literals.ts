/**
 * Literals and enums: exact values, listed in the message as Python prints them.
 *
 * @module
 */

import { Refusal } from '../../types/codec.ts'
import { INT_SIZE, parseInteger } from './scalars.ts'
import type { LiteralShape } from './shape.ts'

const PLAIN = /^[\w .-]*$/

/** A value as Python's `repr` writes it. */
export function repr (value: unknown): string {
  if (typeof value === 'string') {
    if (PLAIN.test(value)) return `'${value}'`
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'"
    const escaped = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
    return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote
  }
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return String(value)
}

/** `'a', 'b' or 'c'`, without the Oxford comma. */
function alternatives (values: readonly unknown[]): string {
  const words = values.map(repr)
  const last = words.splice(-1)
  return [...words.length > 0 ? [words.join(', ')] : [], ...last].join(' or ')
}

/** Compiles the check of one literal or enum. */
export function literalParser ({ values, issue }: LiteralShape): (input: unknown) => unknown {
  const expected = alternatives(values)
  const refusal = new Refusal(issue, `Input should be ${expected}`, { expected })
  const allowed = new Set(values)
  const integers = values.every(value => typeof value === 'number')
  // An IntEnum reads its members as integers, so '1' is 1; a Literal takes no text. True equals 1 in Python.
  const readsText = integers && issue === 'enum'

  return input => {
    if (allowed.has(input)) return input
    if (!integers || (typeof input === 'string' && !readsText)) return refusal
    const value = parseInteger(input)
    if (value === INT_SIZE && issue === 'enum') return INT_SIZE
    return allowed.has(value) ? value : refusal
  }
}
