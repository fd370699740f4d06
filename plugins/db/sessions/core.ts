/**
 * How Kysely runs its statements on an engine, and what a database shares with its sessions.
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
import type { RequestStatements } from '../engine/request-statements.ts'
import { targetOf } from '../engine/statement.ts'
import type { AnyTable } from '../tables/table.ts'

type Stream = <R>(query: CompiledQuery, size: number) => AsyncIterableIterator<QueryResult<R>>
type Execute = <R>(query: CompiledQuery) => Promise<QueryResult<R>>

/** Runs statements straight on the engine, without what Kysely does for others: a log, a check of abort signals. */
export class Executor extends DefaultQueryExecutor {
  readonly #run: Execute
  readonly #stream: Stream
  /** Of one database and all its sessions. */
  readonly shared: object

  readonly #limits: Limits

  constructor ({ dialect, json, engine }: Pick<Core, 'dialect' | 'json' | 'engine'>, run: Execute, stream: Stream, provider: ConnectionProvider) {
    super(dialect.createQueryCompiler(), dialect.createAdapter(), provider, [json])
    this.#run = run
    this.#stream = stream
    this.#limits = engine
    this.shared = json
  }

  override executeQuery<R> (query: CompiledQuery, options?: Parameters<DefaultQueryExecutor['executeQuery']>[1]): Promise<QueryResult<R>> {
    if (query.parameters.length > this.#limits.maxParameters) return Promise.reject(tooMany(query, this.#limits))
    return options?.signal === undefined ? this.#run(query) : super.executeQuery(query, options)
  }

  override stream<R> (query: CompiledQuery, size: number, options?: StreamOptions): AsyncIterableIterator<QueryResult<R>> {
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
class DriverOfKysely implements KyselyDriver {
  readonly #engine: Driver

  /** Nothing: the engine is open. */
  readonly init = DummyDriver.prototype.init

  constructor (engine: Driver) {
    this.#engine = engine
  }

  acquireConnection (): Promise<DatabaseConnection> {
    return this.#engine.hold()
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
    return this.#engine.close()
  }
}

/** What is shared by a database, its sessions and its views. */
export interface Core {
  readonly engine: Driver
  readonly json: JsonColumns
  readonly constraints: Constraints
  readonly conversions: Conversions
  readonly tables: Map<string, AnyTable>
  readonly migrations: MigrationSet[]
  readonly dialect: KyselyDialect
  /** Told of callbacks of `afterCommit` that fail. */
  readonly failed: (error: unknown) => void
}

export function coreOf ({ engine, constraints, conversions, failed }: Pick<Core, 'engine' | 'constraints' | 'conversions' | 'failed'>): Core {
  const driver = new DriverOfKysely(engine)
  return {
    engine,
    constraints,
    conversions,
    failed,
    json: new JsonColumns(constraints),
    tables: new Map(),
    migrations: [],
    dialect: {
      createDriver: () => driver,
      createQueryCompiler: () => engine.compiler,
      createAdapter: () => engine.adapter,
      createIntrospector: db => engine.introspector(db)
    }
  }
}

/** On a connection of its own, which in SQLite is not that of the writer; in memory, where there is one, all rows at once. */
export async function * streamAlone<R> (engine: Driver, query: CompiledQuery, size: number, statements?: RequestStatements): AsyncGenerator<QueryResult<R>, void> {
  if (engine.isShared) {
    yield await engine.execute<R>(query)
    return
  }
  const held = await engine.hold({ ...isRead(query) && { accessMode: 'read only' }, statements })
  try {
    yield * held.streamQuery<R>(query, size)
  } finally {
    held.release()
  }
}

export function propsOf (core: Core): KyselyProps {
  const { engine, dialect } = core
  const driver = dialect.createDriver()
  return {
    config: { dialect },
    driver,
    dialect,
    executor: new Executor(core, query => engine.execute(query), (query, size) => streamAlone(engine, query, size), new DefaultConnectionProvider(driver))
  }
}
