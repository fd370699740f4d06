/**
 * Rows of SQLite, read by the declared types of their columns.
 *
 * @module
 */

import { sqliteForm } from '../cells.ts'
import type { Decode } from '../field.ts'
import { dateDecoder, decimalDecoder, durationDecoder, looseInteger, timeDecoder } from '../row-reader.ts'
import { parsed, Unreadable, validDate } from '../unreadable.ts'
import type { Column } from '../../tables/table-types.ts'

/** @param big whether all integers come as `bigint`, since one column may have such */
export function decoderOf (type: string, big: boolean): Decode | undefined {
  switch (type.replace(/\s*\(.*/, '')) {
    case 'BOOLEAN': case 'BOOL': return toBoolean
    case 'JSON': case 'JSON_TEXT': case 'JSONB': return parsed('JSON', value => JSON.parse(String(value)))
    case 'TIMESTAMP': case 'DATETIME': case 'TIMESTAMPTZ': return validDate('timestamp', toDate)
    case 'DATE': return dateDecoder()
    case 'TIME': return timeDecoder()
    case 'DURATION_TEXT': return durationDecoder()
    case 'DECIMAL': case 'DECIMAL_TEXT': case 'NUMERIC': return decimalDecoder(type)
    case 'BLOB': case 'BYTEA': return value => ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value
    case 'BIGINT': case 'INT8': return toBigInt
    default: return big ? value => typeof value === 'bigint' ? looseInteger(value) : value : undefined
  }
}

function toBoolean (value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'object') throw new Unreadable('boolean', value)
  return value !== 0 && value !== 0n
}

/** What SQLite keeps as an integer comes as one. */
function toBigInt (value: unknown): bigint {
  if (typeof value !== 'bigint') throw new Unreadable('bigint', value)
  return value
}

/** In the JSON of a relation it is text. */
function bigIntOfText (value: unknown): bigint {
  // `BigInt` makes 0 of an empty text.
  if (!/^-?\d+$/.test(value as string)) throw new Unreadable('bigint', value)
  return BigInt(value as string)
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
    case 'text': return own === undefined ? bigIntOfText : value => own(bigIntOfText(value))
    case 'hex': return own === undefined ? bytesOf : value => own(bytesOf(value))
    case 'plain': return inner
  }
}

function bytesOf (hex: unknown): Buffer {
  return Buffer.from(hex as string, 'hex')
}

/** What has no offset, as `CURRENT_TIMESTAMP`, is UTC. */
function toDate (value: unknown): Date {
  if (typeof value === 'object') throw new Unreadable('timestamp', value)
  if (typeof value !== 'string') return new Date(Number(value))
  if (value.endsWith('Z')) return new Date(value)
  return new Date(/[+-]\d\d:?\d\d$/.test(value) ? value : `${value.replace(' ', 'T')}${value.includes(':') ? 'Z' : ''}`)
}
