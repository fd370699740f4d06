/**
 * Rows as arrays of PostgreSQL, one for each column: one text of a statement for any number of rows.
 *
 * @module
 * @see https://www.postgresql.org/docs/current/functions-array.html
 */

import { type OperationNode, type RawNode, ValueNode } from 'kysely'
import type { Column, Kind } from '../tables/table-types.ts'
import { encodeObject } from './encode.ts'
import { Template, templateNode, templateOf } from './template.ts'

/** `select * from unnest(…)`, whose parameters are the columns of an insert in their order. */
class Unnest extends Template {
  constructor (types: readonly string[]) {
    const texts = ['select * from unnest(', ...types.slice(0, -1).map(type => `::${type}[], `), `::${String(types.at(-1))}[])`]
    super({ postgres: texts, sqlite: texts })
  }
}

export function unnestNode (types: readonly string[], texts: readonly string[]): RawNode {
  return templateNode(new Unnest(types), texts.map(text => ValueNode.create(text)))
}

/** Whether the values of an insert are such arrays. */
export function isUnnest (node: OperationNode | undefined): boolean {
  return node !== undefined && templateOf(node) instanceof Unnest
}

/**
 * Types without their bounds: a cast to `varchar(3)[]` or `char(3)[]` would cut texts off, where the insert refuses them.
 * Arrays are missing: `unnest` would flatten them.
 */
const UNBOUNDED: Partial<Record<Kind, string>> = { decimal: 'numeric', varchar: 'text', char: 'text' }

/** Names without bounds of their own, and of no type whose name alone has bounds: `bit` is `bit(1)`. */
const PLAIN = /^(?!bit\b|char|bpchar)[a-z_"][\w ."]*$/i

/** The type of the elements of a column's array; `undefined` where it has none. */
export function elementType ({ kind, type: { postgres } }: Column): string | undefined {
  if (kind === 'array') return undefined
  return UNBOUNDED[kind] ?? (PLAIN.test(postgres) ? postgres : undefined)
}

/** A text within an array. */
function quotedElement (text: string): string {
  return `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`
}

/**
 * A value as an element of an array.
 *
 * @returns `undefined` when it cannot stand in one: a list, an expression, an object that only pg can write
 */
export function elementText (value: unknown): string | undefined {
  switch (typeof value) {
    case 'string': return quotedElement(value)
    case 'number': case 'bigint': case 'boolean': return String(value)
    case 'object': {
      if (value === null) return 'NULL'
      const encoded = encodeObject(value)
      if (ArrayBuffer.isView(encoded)) return `"\\\\x${Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength).toString('hex')}"`
      return typeof encoded === 'string' ? quotedElement(encoded) : undefined
    }
    default: return undefined
  }
}
