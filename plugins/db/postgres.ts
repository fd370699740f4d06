/**
 * PostgreSQL, by a pool of connections of `pg`.
 *
 * @module
 */

import {
  type CompiledQuery, type DatabaseMetadataOptions, type DialectAdapter, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, type QueryResult,
  sql, type TableMetadata
} from 'kysely'
import type { FieldDef, Pool as PgPool, PoolClient, PoolConfig, QueryArrayConfig, QueryArrayResult } from 'pg'
import { optionalPeer } from '../../schemas/types/peer.ts'
import { encodeObject } from './encode.ts'
import type { Engine, Held, HoldSettings, Pool } from './engine.ts'
import { APIKIT_ERR_ABORTED_COMMIT } from './errors.ts'
import { dateDecoder, type Decode, decimalDecoder, looseInteger, type ReadRow, rowReader } from './row-reader.ts'
import { isAway } from './postgres-errors.ts'

export interface PostgresOptions {
  readonly url: string
  /** Connections at most. */
  readonly poolSize: number
  /** Milliseconds to wait for a connection. */
  readonly acquireTimeout: number
  /** Milliseconds that a statement may take; 0: as long as it wants. */
  readonly statementTimeout: number
  readonly translate: (error: unknown) => unknown
  /** Told of connections that broke while nobody used them. */
  readonly lost: (error: Error) => void
}

interface Pg {
  readonly Pool: new (config: PoolConfig) => PgPool
  readonly types: { getTypeParser (oid: number, format: 'text'): Decode }
}

const [BOOL, BYTEA, INT8, JSON_TEXT, DATE, NUMERIC, JSONB, TEXT, VARCHAR, UUID] = [16, 17, 20, 114, 1082, 1700, 3802, 25, 1043, 2950]
const AS_IT_IS: ReadonlySet<unknown> = new Set([TEXT, VARCHAR, UUID])

/** Types of result, read as text: what we make of it depends on the field. */
const RAW = { getTypeParser: () => (text: unknown) => text }

/** So many shapes of results are kept. */
const KEPT = 500

/** Without Kysely's lock for migrations, which outlives a transaction that fails: ours is the transaction's. */
class Adapter extends PostgresAdapter {
  override async acquireMigrationLock (): Promise<void> {}
  override async releaseMigrationLock (): Promise<void> {}
}

/** The tables of the schema that is searched, not those of others beside it, which may have the same names. */
class Introspector extends PostgresIntrospector {
  readonly #db: Parameters<Engine['introspector']>[0]

  constructor (db: Parameters<Engine['introspector']>[0]) {
    super(db)
    this.#db = db
  }

  override async getTables (options?: DatabaseMetadataOptions): Promise<TableMetadata[]> {
    const { rows: [current] } = await sql<{ schema: string }>`select current_schema() as schema`.execute(this.#db)
    return (await super.getTables(options)).filter(({ schema }) => schema === current?.schema)
  }
}

export class PostgresEngine implements Engine {
  readonly dialect = 'postgres'
  readonly compiler = new PostgresQueryCompiler()
  readonly adapter: DialectAdapter = new Adapter()
  readonly #pool: PgPool
  readonly #pg: Pg
  readonly #options: PostgresOptions
  readonly #readers = new Map<string, { readonly fields: readonly FieldDef[], readonly read: ReadRow }>()

  constructor (options: PostgresOptions) {
    const { url, poolSize, acquireTimeout, statementTimeout, lost } = options
    this.#options = options
    this.#pg = optionalPeer<Pg>('fastify-apikit/db: PostgreSQL', 'pg')
    this.#pool = new this.#pg.Pool({
      connectionString: url,
      max: poolSize,
      connectionTimeoutMillis: acquireTimeout,
      keepAlive: true,
      ...statementTimeout > 0 && { statement_timeout: statementTimeout }
    })
    this.#pool.on('error', lost)
    // Of one that is in use the pool says nothing; its next statement fails. Without a listener the process would end.
    this.#pool.on('connect', client => { client.on('error', () => {}) })
  }

  async execute<R> (query: CompiledQuery): Promise<QueryResult<R>> {
    const client = await this.#connect()
    let broken = false
    try {
      return await this.#run(client, query)
    } catch (error) {
      broken = isAway(error)
      throw this.#options.translate(error)
    } finally {
      client.release(broken)
    }
  }

  read<R> (query: CompiledQuery): Promise<QueryResult<R>> {
    return this.execute(query)
  }

  async #connect (): Promise<PoolClient> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      throw this.#options.translate(error)
    }
  }

  async #run<R> (client: PoolClient, { sql, parameters }: CompiledQuery, patient = false): Promise<QueryResult<R>> {
    const { statementTimeout } = this.#options
    const result = await client.query<unknown[]>({
      text: sql,
      values: parameters.map(encode),
      rowMode: 'array',
      types: RAW,
      // The server's own limit comes first; this one is for a server that is gone without a word.
      ...!patient && statementTimeout > 0 && { query_timeout: statementTimeout + 1000 }
    } as QueryArrayConfig) as QueryArrayResult<unknown[]>
    const { command, rowCount, rows, fields } = result
    const isWrite = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE'
    return {
      rows: rows.length === 0 ? [] : rows.map(this.#reader(sql, fields) as never),
      ...isWrite && { numAffectedRows: BigInt(rowCount ?? 0) }
    }
  }

  #reader (sql: string, fields: readonly FieldDef[]): ReadRow {
    const known = this.#readers.get(sql)
    if (known !== undefined && fields.length === known.fields.length && fields.every((field, index) => isSame(field, known.fields[index]))) return known.read
    const read = rowReader(fields.map(field => ({ name: field.name, decode: this.#decoder(field) })))
    if (this.#readers.size >= KEPT) this.#readers.delete(this.#readers.keys().next().value ?? '')
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
      default: return this.#pg.types.getTypeParser(dataTypeID, 'text')
    }
  }

  async hold ({ maintenance = false }: HoldSettings = {}): Promise<Held> {
    const client = await this.#connect()
    const { translate } = this.#options
    let broken: Error | boolean = false
    let held = true
    const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work()
      } catch (error) {
        if (isAway(error)) broken = true
        throw translate(error)
      }
    }
    const run = <R>(query: CompiledQuery): Promise<QueryResult<R>> => attempt(() => this.#run<R>(client, query, maintenance))
    return {
      executeQuery: run,
      async * streamQuery (query: CompiledQuery) { yield await run(query) },
      begin: ({ isolationLevel, accessMode }) => attempt(async () => {
        await client.query(`begin${isolationLevel === undefined ? '' : ` isolation level ${isolationLevel}`}${accessMode === undefined ? '' : ` ${accessMode}`}`)
        if (maintenance) await client.query('set local statement_timeout = 0')
      }),
      commit: () => attempt(async () => {
        const { command } = await client.query('commit')
        if (command === 'ROLLBACK') throw new APIKIT_ERR_ABORTED_COMMIT()
      }),
      async rollback () {
        if (broken !== false) return
        try {
          await client.query('rollback')
        } catch {
          // A connection that is closed rolls back.
          broken = true
        }
      },
      release () {
        if (held) client.release(broken)
        held = false
      }
    }
  }

  async check (): Promise<void> {
    const client = await this.#connect()
    try {
      await client.query('select 1')
    } finally {
      client.release()
    }
  }

  async close (): Promise<void> {
    await this.#pool.end()
  }

  get pool (): Pool {
    const { totalCount, idleCount, waitingCount } = this.#pool
    return { total: totalCount, idle: idleCount, waiting: waitingCount }
  }

  introspector (db: Parameters<Engine['introspector']>[0]): PostgresIntrospector {
    return new Introspector(db)
  }
}

function isSame (a: FieldDef, b: FieldDef | undefined): boolean {
  return a.dataTypeID === b?.dataTypeID && a.name === b.name && a.tableID === b.tableID && a.dataTypeModifier === b.dataTypeModifier
}

function encode (value: unknown): unknown {
  // A list that goes into no JSON column is a PostgreSQL array, which pg writes.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? encodeObject(value) ?? value : value
}
