/**
 * How Kysely runs its statements on a driver of ours, and what a database shares with its sessions.
 *
 * @module
 */

import {
  CompiledQuery, type ConnectionProvider, type DatabaseConnection, DefaultConnectionProvider, DefaultQueryExecutor, type Dialect as KyselyDialect, type Driver as KyselyDriver,
  DummyDriver, type KyselyProps, type QueryResult, type TransactionSettings
} from 'kysely'
import type { Constraints } from '../engine/constraints.ts'
import type { Conversions } from '../engine/conversions.ts'
import { JsonColumns } from '../engine/encode.ts'
import type { Driver, Connection } from '../engine/driver.ts'
import { APIKIT_ERR_TOO_MANY_PARAMETERS } from '../errors.ts'
import type { MigrationSet } from '../migrations/types.ts'
import { quoted } from '../tables/shape.ts'
import { isRead } from '../engine/reads.ts'
import { targetOf } from '../engine/statement.ts'
import { OpenStreams } from '../engine/streams.ts'
import type { AnyTable } from '../tables/table.ts'
import type { ObservedDriver, ObservedSettings } from './observed.ts'
import type { Replicas } from './replicas.ts'

type Stream = <R>(query: CompiledQuery, size: number) => AsyncIterableIterator<QueryResult<R>>
type Execute = <R>(query: CompiledQuery) => Promise<QueryResult<R>>

/** Runs statements straight on the driver, without what Kysely does for others: a log, a check of abort signals. */
export class Executor extends DefaultQueryExecutor {
  readonly #run: Execute
  readonly #stream: Stream
  /** Of one database and all its sessions. */
  readonly shared: object

  readonly #limits: Limits

  constructor ({ dialect, json, driver }: Pick<Core, 'dialect' | 'json' | 'driver'>, run: Execute, stream: Stream, provider: ConnectionProvider) {
    super(dialect.createQueryCompiler(), dialect.createAdapter(), provider, [json])
    this.#run = run
    this.#stream = stream
    this.#limits = driver
    this.shared = json
  }

  override executeQuery<R> (query: CompiledQuery, options?: Parameters<DefaultQueryExecutor['executeQuery']>[1]): Promise<QueryResult<R>> {
    if (query.parameters.length > this.#limits.maxParameters) return Promise.reject(tooMany(query, this.#limits))
    return options?.signal === undefined ? this.#run(query) : super.executeQuery(query, options)
  }

  override stream<R> (query: CompiledQuery, size: number, options?: StreamOptions): AsyncIterableIterator<QueryResult<R>> {
    if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`A stream reads in batches of at least one row, got ${size}`)
    return options?.signal === undefined ? this.#stream(query, size) : super.stream(query, size, options)
  }
}

type StreamOptions = Parameters<DefaultQueryExecutor['stream']>[2]

type Limits = Pick<Driver, 'dialect' | 'maxParameters'>

/** Of PostgreSQL's own words nobody would guess that; it counts in 16 bits. */
function tooMany ({ query, parameters }: CompiledQuery, { dialect, maxParameters }: Limits): Error {
  const name = dialect === 'sqlite' ? 'SQLite' : 'PostgreSQL'
  const columns = query.kind === 'InsertQueryNode' && query.columns
  const hint = !columns ? '' : `: insert at most ${Math.floor(maxParameters / columns.length)} rows at once into ${targetOf(query)}, in one session so that all or none are kept`
  return new APIKIT_ERR_TOO_MANY_PARAMETERS(`A statement has ${parameters.length} parameters, and ${name} takes ${maxParameters}${hint}`)
}

/** What Kysely's own `transaction()`, `startTransaction()` and `connection()` ask for. */
class DriverForKysely implements KyselyDriver {
  readonly #driver: Driver

  /** Nothing: the driver is open. */
  readonly init = DummyDriver.prototype.init

  constructor (driver: Driver) {
    this.#driver = driver
  }

  acquireConnection (): Promise<DatabaseConnection> {
    return this.#driver.hold()
  }

  async releaseConnection (connection: DatabaseConnection): Promise<void> {
    (connection as Connection).release()
  }

  beginTransaction (connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    return (connection as Connection).begin(settings)
  }

  commitTransaction (connection: DatabaseConnection): Promise<void> {
    return (connection as Connection).commit()
  }

  rollbackTransaction (connection: DatabaseConnection): Promise<void> {
    return (connection as Connection).rollback()
  }

  async savepoint (connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`savepoint ${quoted(name)}`))
  }

  async rollbackToSavepoint (connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`rollback to savepoint ${quoted(name)}`))
  }

  async releaseSavepoint (connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`release savepoint ${quoted(name)}`))
  }

  destroy (): Promise<void> {
    return this.#driver.close()
  }
}

/** What is shared by a database, its sessions and its views. */
export interface Core {
  /** Name of the database. */
  readonly name: string
  readonly driver: ObservedDriver
  readonly replicas: Replicas | undefined
  readonly json: JsonColumns
  readonly constraints: Constraints
  readonly conversions: Conversions
  readonly tables: Map<string, AnyTable>
  readonly migrations: MigrationSet[]
  readonly dialect: KyselyDialect
  /** Streams that do not belong to a request. */
  readonly streams: OpenStreams
  /** Told of callbacks of `afterCommit` that fail. */
  readonly failed: (error: unknown) => void
}

type Made = Pick<Core, 'name' | 'constraints' | 'conversions' | 'failed' | 'tables' | 'driver' | 'replicas'>

export function coreOf (made: Made): Core {
  const { driver, constraints } = made
  const ofKysely = new DriverForKysely(driver)
  return {
    ...made,
    json: new JsonColumns(constraints, driver.dialect),
    migrations: [],
    streams: new OpenStreams(),
    dialect: {
      createDriver: () => ofKysely,
      createQueryCompiler: () => driver.compiler,
      createAdapter: () => driver.adapter,
      createIntrospector: db => driver.introspector(db)
    }
  }
}

/** On a connection of its own, which in SQLite is not that of the writer; in memory, where there is one, all rows at once. */
export async function * streamAlone<R> (driver: ObservedDriver, query: CompiledQuery, size: number, settings: ObservedSettings = {}): AsyncGenerator<QueryResult<R>, void> {
  if (driver.isShared) {
    yield await driver.read<R>(query, undefined, settings.request)
    return
  }
  const held = await driver.hold({ ...isRead(query, driver.dialect) && { accessMode: 'read only' }, ...settings })
  try {
    yield * held.streamQuery<R>(query, size)
  } finally {
    held.release()
  }
}

export function propsOf (core: Core): KyselyProps {
  const { driver, dialect, streams } = core
  const ofKysely = dialect.createDriver()
  return {
    config: { dialect },
    driver: ofKysely,
    dialect,
    executor: new Executor(core, query => driver.execute(query), (query, size) => streams.track(streamAlone(driver, query, size)), new DefaultConnectionProvider(ofKysely))
  }
}
