/**
 * One connection to SQLite: statements prepared once, values by the declared types of their columns.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { CompiledQuery, QueryResult } from 'kysely'
import { Conversions } from '../conversions.ts'
import { encodeObject } from '../encode.ts'
import { readRelations } from '../relation.ts'
import { type ReadRow, rowReader } from '../row-reader.ts'
import { addFunctions } from './functions.ts'
import { cellDecoder, decoderOf } from './rows.ts'

interface Prepared {
  readonly statement: StatementSync
  /** `undefined` where there are no rows. */
  readonly read: ReadRow | undefined
  readonly width: number
  /** Whether all integers come as `bigint`. */
  readonly big: boolean
  /** Statements behind it; empty where it stands alone. SQLite itself would leave them out without a word. */
  readonly others: string
}

type Parameter = null | number | bigint | string | NodeJS.ArrayBufferView

/** What begins and ends a transaction. */
export type Step = 'begin' | 'begin immediate' | 'commit'

/** So many statements are kept. */
const KEPT = 500

/** Nothing but the end of a statement, and comments. */
const NOTHING = /^(?:[\s;]|--[^\n]*|\/\*.*?\*\/)*$/s

const CHANGES_SCHEMA = /^\s*(?:create|alter|drop|rollback|pragma)\b/i

export class SqliteConnection {
  readonly db: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()
  readonly #steps = new Map<Step, StatementSync>()
  readonly #conversions: Conversions
  /** Copies that are read, and those that are not any more: no table can be dropped while another is read. */
  #copies = 0
  #openCopies = 0
  readonly #staleCopies: string[] = []

  constructor (db: DatabaseSync, conversions = new Conversions()) {
    this.db = db
    addFunctions(db)
    this.#conversions = conversions
  }

  run<R> ({ query, sql, parameters }: Pick<CompiledQuery, 'query' | 'sql' | 'parameters'>): QueryResult<R> {
    // What a statement gives back may be another then.
    if (CHANGES_SCHEMA.test(sql)) this.#prepared.clear()
    let prepared = this.#prepared.get(sql) ?? this.#prepare(sql)
    if (prepared.others !== '') return this.#runAll({ query, sql, parameters }, prepared)
    const values = parameters.map(encode)
    if (prepared.read === undefined) {
      const { changes, lastInsertRowid } = prepared.statement.run(...values)
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
    }
    const rows = prepared.statement.all(...values) as unknown as Array<readonly unknown[]>
    // Another process has changed the table behind a `select *`: SQLite prepares such a statement anew, and we read it anew.
    const [first] = rows
    if (first !== undefined && first.length !== prepared.width) prepared = this.#prepare(sql)
    return { rows: readRelations(query, rows.map(prepared.read as never) as R[], cellDecoder) }
  }

  /** Several statements in one text, all or none of them. The result is that of the first. */
  #runAll<R> ({ query, sql, parameters }: Pick<CompiledQuery, 'query' | 'sql' | 'parameters'>, { others }: Prepared): QueryResult<R> {
    if (parameters.length > 0) throw new TypeError('a text of several statements must have no parameters')
    const isOwn = !this.db.isTransaction
    if (isOwn) this.db.exec('begin')
    try {
      const result = this.run<R>({ query, sql: sql.slice(0, -others.length), parameters })
      this.#prepared.clear()
      this.db.exec(others)
      if (isOwn) this.db.exec('commit')
      return result
    } catch (error) {
      if (isOwn && this.db.isTransaction) this.db.exec('rollback')
      throw error
    }
  }

  /** Rows of a statement that reads, in batches of so many. What is written meanwhile on this connection may show up in them. */
  stream<R> (query: CompiledQuery, size: number): Generator<R[], void> {
    const { statement, read } = this.#makeOne(query.sql)
    return batches<R>(statement.iterate(...query.parameters.map(encode)), query, read as ReadRow, size)
  }

  /** The same of a copy, which nothing changes: in a transaction, which the copy ends with. */
  * streamCopy<R> (query: CompiledQuery, size: number): Generator<R[], void> {
    const { big, read } = this.#makeOne(query.sql)
    const name = `temp.apikit_stream_${++this.#copies}`
    this.db.prepare(`create temp table ${name.slice(5)} as ${query.sql}`).run(...query.parameters.map(encode))
    this.#openCopies++
    try {
      const copy = this.db.prepare(`select * from ${name} order by rowid`)
      copy.setReturnArrays(true)
      if (big) copy.setReadBigInts(true)
      yield * batches<R>(copy.iterate(), query, read as ReadRow, size)
    } finally {
      this.#staleCopies.push(name)
      if (--this.#openCopies === 0) for (const stale of this.#staleCopies.splice(0)) this.db.exec(`drop table if exists ${stale}`)
    }
  }

  exec (sql: string): void {
    this.db.exec(sql)
  }

  /** As `exec`, for one statement that comes again and again. */
  step (sql: Step): void {
    let step = this.#steps.get(sql)
    if (step === undefined) this.#steps.set(sql, step = this.db.prepare(sql))
    step.run()
  }

  #prepare (sql: string): Prepared {
    const prepared = this.#make(sql)
    if (this.#prepared.size >= KEPT) this.#prepared.delete(String(this.#prepared.keys().next().value))
    this.#prepared.set(sql, prepared)
    return prepared
  }

  #makeOne (sql: string): Prepared {
    const prepared = this.#make(sql)
    if (prepared.others !== '') throw new TypeError('a stream must be of one statement')
    return prepared
  }

  #make (sql: string): Prepared {
    const statement = this.db.prepare(sql)
    const others = sql.slice(statement.sourceSQL.length)
    // An expression has no type.
    const columns = statement.columns().map(({ name, type, table, column }) => ({ name, type: type?.toUpperCase() ?? '', own: this.#conversions.find(String(table), String(column)) }))
    // It can be larger than a number; only so it is no error then.
    const big = columns.some(({ type }) => type === '' || type.startsWith('BIGINT') || type === 'INT8')
    statement.setReturnArrays(true)
    if (big) statement.setReadBigInts(true)
    return {
      statement,
      big,
      others: NOTHING.test(others) ? '' : others,
      width: columns.length,
      read: columns.length === 0 ? undefined : rowReader(columns.map(({ name, type, own }) => ({ name, decode: own ?? decoderOf(type, big) })))
    }
  }

  close (): void {
    this.#prepared.clear()
    this.#steps.clear()
    this.db.close()
  }
}

function * batches<R> (rows: Iterable<unknown>, { query }: CompiledQuery, read: ReadRow, size: number): Generator<R[], void> {
  let batch: R[] = []
  for (const row of rows) {
    batch.push(read(row as readonly unknown[]) as R)
    if (batch.length < size) continue
    yield readRelations(query, batch, cellDecoder)
    batch = []
  }
  if (batch.length > 0) yield readRelations(query, batch, cellDecoder)
}

function encode (value: unknown): Parameter {
  switch (typeof value) {
    case 'number': case 'bigint': case 'string': return value
    case 'boolean': return value ? 1 : 0
    case 'object':
      if (value === null) return null
      return (encodeObject(value) ?? JSON.stringify(value)) as Parameter
    case 'undefined': return null
    default: throw new TypeError(`a ${typeof value} cannot be stored`)
  }
}
