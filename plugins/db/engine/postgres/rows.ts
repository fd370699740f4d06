/**
 * Rows of PostgreSQL, read by the types of their fields.
 *
 * @module
 */

import type { FieldDef } from 'pg'
import { APIKIT_ERR_RELATION } from '../../errors.ts'
import { isNative } from '../cells.ts'
import type { Conversions } from '../conversions.ts'
import { instantDecoder } from './instants.ts'
import type { Decode } from '../field.ts'
import { dateDecoder, decimalDecoder, durationDecoder, looseInteger, type ReadRow, rowReader, timeDecoder } from '../row-reader.ts'
import { demand, storedValueError, UnreadableField, validDate } from '../unreadable.ts'
import type { Column, Kind } from '../../tables/table-types.ts'

/** pg's own parsers. */
export interface TypeParsers {
  getTypeParser (oid: number, format: 'text'): Decode
  /** Numbers of types by their names. */
  readonly builtins: Readonly<Record<string, number>>
}

const [BOOL, BYTEA, INT8, JSON_TEXT, DATE, TIME, TIMESTAMPTZ, INTERVAL, NUMERIC, JSONB, TEXT, VARCHAR, UUID] = [16, 17, 20, 114, 1082, 1083, 1184, 1186, 1700, 3802, 25, 1043, 2950]
const AS_IT_IS: ReadonlySet<unknown> = new Set([TEXT, VARCHAR, UUID])

/** Of columns that JSON has as text. */
const TYPES: Partial<Record<Kind, number>> = { bigint: INT8, decimal: NUMERIC, dateTime: TIMESTAMPTZ, date: DATE, time: TIME, interval: INTERVAL, bytes: BYTEA }

/** What the standard calls types that PostgreSQL has other names for. */
const SQL_NAMES: Readonly<Record<string, string>> = {
  BIGINT: 'INT8',
  INTEGER: 'INT4',
  SMALLINT: 'INT2',
  BOOLEAN: 'BOOL',
  REAL: 'FLOAT4',
  'DOUBLE PRECISION': 'FLOAT8',
  DECIMAL: 'NUMERIC',
  'TIMESTAMP WITH TIME ZONE': 'TIMESTAMPTZ',
  'TIMESTAMP WITHOUT TIME ZONE': 'TIMESTAMP',
  'TIME WITHOUT TIME ZONE': 'TIME'
}

/** So many shapes of results are kept. */
const KEPT = 500

export class PostgresRows {
  readonly #types: TypeParsers
  readonly #readers = new Map<string, { readonly fields: readonly FieldDef[], readonly read: ReadRow }>()

  readonly #conversions: Conversions
  /** Columns that decode by themselves, by `tableID.columnID`; every table that was looked at is there by its `tableID`. */
  readonly #learned = new Map<string, Decode | undefined>()
  readonly #cells = new WeakMap<Column, Decode | undefined>()

  constructor (types: TypeParsers, conversions: Conversions) {
    this.#types = types
    this.#conversions = conversions
  }

  /** Whether any column decodes by itself. */
  get mustLearn (): boolean {
    return !this.#conversions.isEmpty
  }

  /** Finds out which columns of a result decode by themselves: fields have numbers, no names of their tables. */
  async learn (fields: readonly FieldDef[], ask: (sql: string) => Promise<ReadonlyArray<Record<string, unknown>>>): Promise<void> {
    const tables = [...new Set(fields.map(({ tableID }) => tableID))].filter(table => table !== 0 && !this.#learned.has(String(table)))
    if (tables.length === 0) return
    const rows = await ask(`
      select a.attrelid::int8 as table, a.attnum as number, a.attname as name, case when pg_table_is_visible(c.oid) then c.relname::text else n.nspname || '.' || c.relname end as of
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace where a.attrelid in (${tables.join(', ')}) and a.attnum > 0`)
    for (const { table, number, name, of } of rows) this.#learned.set(`${String(table)}.${String(number)}`, this.#conversions.find(String(of), String(name)))
    for (const table of tables) this.#learned.set(String(table), undefined)
  }

  /** The error of a value that could not be read: the server is asked for the names of its table and column. */
  async unreadable (error: unknown, ask: (sql: string) => Promise<ReadonlyArray<Record<string, unknown>>>): Promise<unknown> {
    if (!(error instanceof UnreadableField)) return error
    const { tableID = 0, columnID = 0 } = error.field
    const [place] = tableID > 0 ? await ask(`select attrelid::regclass::text as table, attname::text as column from pg_attribute where attrelid = ${tableID} and attnum = ${columnID}`) : []
    return storedValueError(error, place)
  }

  /** What reads the rows of a statement. Its fields may be others than the last time: a table has changed. */
  reader (sql: string, fields: readonly FieldDef[]): ReadRow {
    const known = this.#readers.get(sql)
    if (known !== undefined && fields.length === known.fields.length && fields.every((field, index) => isSame(field, known.fields[index]))) return known.read
    const read = rowReader(fields.map(field => ({ name: field.name, decode: this.#decoder(field), tableID: field.tableID, columnID: field.columnID })))
    if (this.#readers.size >= KEPT) this.#readers.delete(String(this.#readers.keys().next().value))
    this.#readers.set(sql, { fields, read })
    return read
  }

  /** Of a column in the JSON of a relation. */
  readonly cellDecoder = (column: Column): Decode | undefined => {
    if (!this.#cells.has(column)) this.#cells.set(column, this.#cell(column))
    return this.#cells.get(column)
  }

  #cell (column: Column): Decode | undefined {
    const own = column.conversion?.decode as Decode | undefined
    if (own !== undefined) return own
    if (column.kind === 'real') return Number
    if (isNative(column)) return undefined
    const dataTypeID = TYPES[column.kind] ?? this.#numberOf(column.type.postgres)
    const [, scale = 0] = column.digits ?? []
    // As in a query of its own, where it is some table's.
    return this.#decoder({ dataTypeID, dataTypeModifier: column.kind === 'decimal' ? scale + 4 : -1, tableID: -1, columnID: 0 })
  }

  /** Of a type of `column.of`. Those that pg does not know are text to it, too. */
  #numberOf (type: string): number {
    if (type.endsWith(']')) throw new APIKIT_ERR_RELATION(`a column of ${type} needs a decode of its own, column.of('${type}', schema, { decode }); or leave it out by pick`)
    const name = type.toUpperCase().replace(/\s*\(.*?\)/, '')
    return this.#types.builtins[SQL_NAMES[name] ?? name] ?? TEXT
  }

  /** Infinity is no `Date`. That of an expression is as pg reads it. */
  #instant (tableID: number): Decode {
    const parse = this.#types.getTypeParser(TIMESTAMPTZ, 'text')
    return instantDecoder(tableID === 0 ? parse : validDate('timestamp', parse))
  }

  #decoder ({ dataTypeID, dataTypeModifier, tableID, columnID }: Pick<FieldDef, 'dataTypeID' | 'dataTypeModifier' | 'tableID' | 'columnID'>): Decode | undefined {
    const own = this.#learned.get(`${tableID}.${columnID}`)
    if (own !== undefined) return own
    if (AS_IT_IS.has(dataTypeID)) return undefined
    switch (dataTypeID) {
      case BOOL: return value => value === 't'
      // A column is a column; `count(*)` and the like are numbers, where they can be.
      case INT8: return tableID === 0 ? looseInteger : value => BigInt(value as string)
      case JSON_TEXT: case JSONB: return value => JSON.parse(value as string)
      case DATE: return dateDecoder()
      case TIMESTAMPTZ: return this.#instant(tableID)
      case NUMERIC: return decimalDecoder(dataTypeModifier < 0 ? 'decimal' : `decimal(1,${(dataTypeModifier - 4) & 0x7ff})`)
      case BYTEA: return value => Buffer.from((value as string).slice(2), 'hex')
      default:
        // Those of expressions are as pg reads them.
        if (tableID !== 0 && dataTypeID === TIME) return timeDecoder()
        if (tableID !== 0 && dataTypeID === INTERVAL) return intervalDecoder(this.#types.getTypeParser(INTERVAL, 'text'))
        return this.#types.getTypeParser(dataTypeID, 'text')
    }
  }
}

interface Interval extends Partial<Record<'years' | 'months' | 'days' | 'hours' | 'minutes' | 'seconds' | 'milliseconds', number>> {
  toISOString (): string
}

/** pg reads an interval into its parts. Those of two signs (`1 day -01:00:00`) are one span of seconds: a month has 30 days then, as in `Duration()`. */
function intervalDecoder (parse: Decode): Decode {
  const decode = durationDecoder()
  return value => {
    // PostgreSQL 17 has it, and pg reads it as no time at all.
    demand(!/infinity$/.test(value as string), 'interval', value)
    const interval = parse(value) as Interval
    const { years = 0, months = 0, days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 } = interval
    const signs = new Set([years, months, days, hours, minutes, seconds, milliseconds].map(Math.sign).filter(sign => sign !== 0))
    if (signs.size === 1) return decode([...signs][0] === 1 ? interval.toISOString() : `-${interval.toISOString().replaceAll('-', '')}`)
    return decode(((years * 365 + months * 30 + days) * 24 + hours) * 3600 + minutes * 60 + seconds + milliseconds / 1000)
  }
}

function isSame (a: FieldDef, b: FieldDef | undefined): boolean {
  return a.dataTypeID === b?.dataTypeID && a.name === b.name && a.tableID === b.tableID && a.dataTypeModifier === b.dataTypeModifier
}
