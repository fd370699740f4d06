/**
 * How Kysely runs its statements on an engine, and what a database shares with its sessions.
 *
 * @module
 */

import {
  CompiledQuery, type ConnectionProvider, type DatabaseConnection, DefaultConnectionProvider, DefaultQueryExecutor, type Dialect as KyselyDialect, type Driver,
  DummyDriver, type KyselyProps, type QueryResult, type TransactionSettings
} from 'kysely'
import type { Constraints } from './constraints.ts'
import { JsonColumns } from './encode.ts'
import type { Engine, Held } from './engine.ts'
import { APIKIT_ERR_TOO_MANY_PARAMETERS } from './errors.ts'
import type { MigrationSet } from './migrations.ts'
import { quoted } from './shape.ts'
import { targetOf } from './statement.ts'
import type { AnyTable } from './table.ts'

type Execute = <R>(query: CompiledQuery) => Promise<QueryResult<R>>

/** Runs statements straight on the engine, without what Kysely does for others: a log, a check of abort signals. */
export class Executor extends DefaultQueryExecutor {
  readonly #run: Execute
  /** Of one database and all its sessions. */
  readonly shared: object

  readonly #limits: Limits

  constructor ({ dialect, json, engine }: Pick<Core, 'dialect' | 'json' | 'engine'>, run: Execute, provider: ConnectionProvider) {
    super(dialect.createQueryCompiler(), dialect.createAdapter(), provider, [json])
    this.#run = run
    this.#limits = engine
    this.shared = json
  }

  override executeQuery<R> (query: CompiledQuery, options?: Parameters<DefaultQueryExecutor['executeQuery']>[1]): Promise<QueryResult<R>> {
    if (query.parameters.length > this.#limits.maxParameters) return Promise.reject(tooMany(query, this.#limits))
    return options?.signal === undefined ? this.#run(query) : super.executeQuery(query, options)
  }
}

type Limits = Pick<Engine, 'dialect' | 'maxParameters'>

/** Of PostgreSQL's own words nobody would guess that; it counts in 16 bits. */
function tooMany ({ query, parameters }: CompiledQuery, { dialect, maxParameters }: Limits): Error {
  const name = dialect === 'sqlite' ? 'SQLite' : 'PostgreSQL'
  const columns = query.kind === 'InsertQueryNode' && query.columns
  const hint = !columns ? '' : `: insert at most ${Math.floor(maxParameters / columns.length)} rows at once into ${targetOf(query)}, in one session so that all or none are kept`
  return new APIKIT_ERR_TOO_MANY_PARAMETERS(`A statement has ${parameters.length} parameters, and ${name} takes ${maxParameters}${hint}`)
}

/** What Kysely's own `transaction()`, `startTransaction()` and `connection()` ask for. */
class EngineDriver implements Driver {
  readonly #engine: Engine

  /** Nothing: the engine is open. */
  readonly init = DummyDriver.prototype.init

  constructor (engine: Engine) {
    this.#engine = engine
  }

  acquireConnection (): Promise<DatabaseConnection> {
    return this.#engine.hold()
  }

  async releaseConnection (connection: DatabaseConnection): Promise<void> {
    (connection as Held).release()
  }

  beginTransaction (connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    return (connection as Held).begin(settings)
  }

  commitTransaction (connection: DatabaseConnection): Promise<void> {
    return (connection as Held).commit()
  }

  rollbackTransaction (connection: DatabaseConnection): Promise<void> {
    return (connection as Held).rollback()
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
  readonly engine: Engine
  readonly json: JsonColumns
  readonly constraints: Constraints
  readonly tables: Map<string, AnyTable>
  readonly migrations: MigrationSet[]
  readonly dialect: KyselyDialect
  /** Told of callbacks of `afterCommit` that fail. */
  readonly failed: (error: unknown) => void
}

export function coreOf (engine: Engine, constraints: Constraints, failed: Core['failed']): Core {
  const driver = new EngineDriver(engine)
  return {
    engine,
    constraints,
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

export function propsOf (core: Core): KyselyProps {
  const { engine, dialect } = core
  const driver = dialect.createDriver()
  return {
    config: { dialect },
    driver,
    dialect,
    executor: new Executor(core, query => engine.execute(query), new DefaultConnectionProvider(driver))
  }
}
