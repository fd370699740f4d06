/**
 * One connection to SQLite: statements prepared once, values by the declared types of their columns.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { CompiledQuery, QueryResult, RootOperationNode } from 'kysely'
import { Conversions } from '../conversions.ts'
import { encodeObject } from '../encode.ts'
import { readRelations } from '../relation.ts'
import { type ReadRow, rowReader } from '../row-reader.ts'
import { storedValueError, UnreadableField } from '../unreadable.ts'
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
  /** Copies that were made. */
  #copies = 0
  /** Those that were read in a transaction: a savepoint that is undone brings back one that was dropped within it. */
  readonly #readCopies: string[] = []

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
    return { rows: readRows(query, rows, prepared.read as ReadRow) }
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

  /**
   * The same of a copy, which nothing changes: in a transaction, which the copy ends with. Each batch is a statement of its own. One
   * that stayed open would be aborted by `rollback to` of a savepoint, and no table could be dropped meanwhile.
   */
  * streamCopy<R> (query: CompiledQuery, size: number): Generator<R[], void> {
    const { big, read, width } = this.#makeOne(query.sql)
    const name = `temp.apikit_stream_${++this.#copies}`
    // Without types and names of its columns: values stay as they are, and `rowid` is none of them.
    this.db.exec(`create table ${name} (${Array.from({ length: width }, (_, at) => `c${at}`).join()})`)
    try {
      this.db.prepare(`insert into ${name} ${query.sql}`).run(...query.parameters.map(encode))
      const copy = this.db.prepare(`select * from ${name} where rowid > ? order by rowid limit ?`)
      copy.setReturnArrays(true)
      if (big) copy.setReadBigInts(true)
      for (let count = 0, last = size; last === size; count += last) {
        const rows = copy.all(count, size) as unknown as Array<readonly unknown[]>
        last = rows.length
        if (last > 0) yield readRows(query.query, rows, read as ReadRow)
      }
    } finally {
      // A connection that was closed meanwhile has none any more.
      if (this.db.isOpen) this.#drop(name)
      if (this.db.isOpen && this.db.isTransaction) this.#readCopies.push(name)
    }
  }

  #drop (copy: string): void {
    this.db.exec(`drop table if exists ${copy}`)
  }

  exec (sql: string): void {
    this.db.exec(sql)
  }

  /** As `exec`, for one statement that comes again and again. */
  step (sql: Step): void {
    if (sql === 'commit') for (const copy of this.#readCopies.splice(0)) this.#drop(copy)
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
    const columns = statement.columns().map(({ name, type, table, column }) => ({ name, type: type?.toUpperCase() ?? '', table, column, own: this.#conversions.find(String(table), String(column)) }))
    // It can be larger than a number; only so it is no error then.
    const big = columns.some(({ type }) => type === '' || type.startsWith('BIGINT') || type === 'INT8')
    statement.setReturnArrays(true)
    if (big) statement.setReadBigInts(true)
    return {
      statement,
      big,
      others: NOTHING.test(others) ? '' : others,
      width: columns.length,
      read: columns.length === 0 ? undefined : rowReader(columns.map(({ name, type, own, table, column }) => ({ name, decode: own ?? decoderOf(type, big), table: table ?? undefined, column: column ?? undefined })))
    }
  }

  close (): void {
    this.#prepared.clear()
    this.#steps.clear()
    this.db.close()
  }
}

function * batches<R> (rows: Iterable<unknown>, { query }: CompiledQuery, read: ReadRow, size: number): Generator<R[], void> {
  let batch: Array<readonly unknown[]> = []
  for (const row of rows) {
    batch.push(row as readonly unknown[])
    if (batch.length < size) continue
    yield readRows(query, batch, read)
    batch = []
  }
  if (batch.length > 0) yield readRows(query, batch, read)
}

/** @throws APIKIT_ERR_STORED_VALUE for what SQLite, which checks no types, has in a column of another type */
function readRows<R> (query: RootOperationNode, rows: ReadonlyArray<readonly unknown[]>, read: ReadRow): R[] {
  try {
    return readRelations(query, rows.map(row => read(row)) as R[], cellDecoder)
  } catch (error) {
    throw error instanceof UnreadableField ? storedValueError(error) : error
  }
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
