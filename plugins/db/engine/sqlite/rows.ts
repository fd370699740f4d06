/**
 * Rows of SQLite, read by the declared types of their columns.
 *
 * @module
 */

import { sqliteForm } from '../cells.ts'
import { dateDecoder, type Decode, decimalDecoder, durationDecoder, looseInteger, timeDecoder } from '../row-reader.ts'
import type { Column } from '../../tables/table-types.ts'

/** @param big whether all integers come as `bigint`, since one column may have such */
export function decoderOf (type: string, big: boolean): Decode | undefined {
  switch (type.replace(/\s*\(.*/, '')) {
    case 'BOOLEAN': case 'BOOL': return value => value !== 0 && value !== 0n
    case 'JSON': case 'JSON_TEXT': case 'JSONB': return value => JSON.parse(String(value))
    case 'TIMESTAMP': case 'DATETIME': case 'TIMESTAMPTZ': return toDate
    case 'DATE': return dateDecoder()
    case 'TIME': return timeDecoder()
    case 'DURATION_TEXT': return durationDecoder()
    case 'DECIMAL': case 'DECIMAL_TEXT': case 'NUMERIC': return decimalDecoder(type)
    case 'BLOB': case 'BYTEA': return value => ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value
    case 'BIGINT': case 'INT8': return undefined
    default: return big ? value => typeof value === 'bigint' ? looseInteger(value) : value : undefined
  }
}

const cellDecoders = new WeakMap<Column, Decode | undefined>()

/** Of a column in the JSON of a relation. */
export function cellDecoder (column: Column): Decode | undefined {
  if (!cellDecoders.has(column)) cellDecoders.set(column, makeCellDecoder(column))
  return cellDecoders.get(column)
}

function makeCellDecoder (column: Column): Decode | undefined {
  const own = column.conversion?.decode as Decode | undefined
  const form = sqliteForm(column)
  const inner = own ?? decoderOf(column.type.sqlite.toUpperCase(), false)
  switch (form) {
    case 'text': return own === undefined ? value => BigInt(value as string) : value => own(BigInt(value as string))
    case 'hex': return own === undefined ? bytesOf : value => own(bytesOf(value))
    case 'plain': return inner
  }
}

function bytesOf (hex: unknown): Buffer {
  return Buffer.from(hex as string, 'hex')
}

/** What has no offset, as `CURRENT_TIMESTAMP`, is UTC. */
function toDate (value: unknown): Date {
  if (typeof value !== 'string') return new Date(Number(value))
  if (value.endsWith('Z')) return new Date(value)
  return new Date(/[+-]\d\d:?\d\d$/.test(value) ? value : `${value.replace(' ', 'T')}${value.includes(':') ? 'Z' : ''}`)
}
