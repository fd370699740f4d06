/**
 * Schemas for columns of types that `column` has no method for: of what the driver makes of them.
 *
 * @module
 */

import type { Dialect } from '../tables/dialect.ts'

/** By the beginning of the type, the first that fits. */
const POSTGRES: ReadonlyArray<readonly [start: string, schema: string]> = [
  ['timestamp', 'DateTime()'], ['time without', 'PlainTime()'], ['time(', 'PlainTime()'], ['interval', 'Duration()'], ['numeric', 'Decimal()'], ['date', 'PlainDate()'],
  ['bigint', 'BigInteger()'], ['integer', 'Type.Integer()'], ['smallint', 'Type.Integer()'], ['oid', 'Type.Integer()'], ['real', 'Type.Number()'], ['double', 'Type.Number()'],
  ['boolean', 'Type.Boolean()'], ['json', 'Type.Unknown()'], ['bytea', 'Bytes()'], ['uuid', 'Uuid()'], ['point', 'Type.Unknown()'], ['circle', 'Type.Unknown()']
]

/** The arrays that the driver reads. */
const LISTS: ReadonlyArray<readonly [start: string, schema: string]> = [
  ['text[]', 'Type.Array(Type.String())'], ['character', 'Type.Array(Type.String())'], ['uuid[]', 'Type.Array(Type.String())'], ['integer[]', 'Type.Array(Type.Integer())'],
  ['smallint[]', 'Type.Array(Type.Integer())'], ['boolean[]', 'Type.Array(Type.Boolean())'], ['real[]', 'Type.Array(Type.Number())'], ['double precision[]', 'Type.Array(Type.Number())']
]

/** SQLite's own order of names: what a type holds. */
const SQLITE: ReadonlyArray<readonly [part: string, schema: string]> = [
  ['bool', 'Type.Boolean()'], ['datetime', 'DateTime()'], ['timestamp', 'DateTime()'], ['json', 'Type.Unknown()'], ['bigint', 'BigInteger()'], ['int8', 'BigInteger()'], ['int', 'Type.Integer()'],
  ['char', 'Type.String()'], ['clob', 'Type.String()'], ['text', 'Type.String()'], ['blob', 'Bytes()'], ['real', 'Type.Number()'], ['floa', 'Type.Number()'],
  ['doub', 'Type.Number()'], ['decimal', 'Decimal()'], ['numeric', 'Decimal()'], ['bytea', 'Bytes()']
]

export function schemaCode (type: string, domains: ReadonlyMap<string, string>, dialect: Dialect): string {
  if (dialect === 'sqlite') return SQLITE.find(([part]) => type.includes(part))?.[1] ?? 'Type.Unknown()'
  if (type.endsWith('[]')) return LISTS.find(([start]) => type.startsWith(start))?.[1] ?? 'Type.Unknown()'
  const base = domains.get(type)
  if (base !== undefined) return schemaCode(base, domains, dialect)
  return POSTGRES.find(([start]) => type.startsWith(start))?.[1] ?? 'Type.String()'
}
