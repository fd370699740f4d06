/**
 * Rows of PostgreSQL, read by the types of their fields.
 *
 * @module
 */

import type { FieldDef } from 'pg'
import { dateDecoder, type Decode, decimalDecoder, looseInteger, type ReadRow, rowReader } from '../row-reader.ts'

/** pg's own parsers. */
export interface TypeParsers {
  getTypeParser (oid: number, format: 'text'): Decode
}

const [BOOL, BYTEA, INT8, JSON_TEXT, DATE, NUMERIC, JSONB, TEXT, VARCHAR, UUID] = [16, 17, 20, 114, 1082, 1700, 3802, 25, 1043, 2950]
const AS_IT_IS: ReadonlySet<unknown> = new Set([TEXT, VARCHAR, UUID])

/** So many shapes of results are kept. */
const KEPT = 500

export class PostgresRows {
  readonly #types: TypeParsers
  readonly #readers = new Map<string, { readonly fields: readonly FieldDef[], readonly read: ReadRow }>()

  constructor (types: TypeParsers) {
    this.#types = types
  }

  /** What reads the rows of a statement. Its fields may be others than the last time: a table has changed. */
  reader (sql: string, fields: readonly FieldDef[]): ReadRow {
    const known = this.#readers.get(sql)
    if (known !== undefined && fields.length === known.fields.length && fields.every((field, index) => isSame(field, known.fields[index]))) return known.read
    const read = rowReader(fields.map(field => ({ name: field.name, decode: this.#decoder(field) })))
    if (this.#readers.size >= KEPT) this.#readers.delete(String(this.#readers.keys().next().value))
    this.#readers.set(sql, { fields, read })
    return read
  }

  #decoder ({ dataTypeID, dataTypeModifier, tableID }: FieldDef): Decode | undefined {
    if (AS_IT_IS.has(dataTypeID)) return undefined
    switch (dataTypeID) {
      case BOOL: return value => value === 't'
      // A column is a column; `count(*)` and the like are numbers, where they can be.
      case INT8: return tableID === 0 ? looseInteger : value => BigInt(value as string)
      case JSON_TEXT: case JSONB: return value => JSON.parse(value as string)
      case DATE: return dateDecoder()
      case NUMERIC: return decimalDecoder(dataTypeModifier < 0 ? 'decimal' : `decimal(1,${(dataTypeModifier - 4) & 0x7ff})`)
      case BYTEA: return value => Buffer.from((value as string).slice(2), 'hex')
      default: return this.#types.getTypeParser(dataTypeID, 'text')
    }
  }
}

function isSame (a: FieldDef, b: FieldDef | undefined): boolean {
  return a.dataTypeID === b?.dataTypeID && a.name === b.name && a.tableID === b.tableID && a.dataTypeModifier === b.dataTypeModifier
}
