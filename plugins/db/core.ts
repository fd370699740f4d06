/**
 * How Kysely runs its statements on an engine, and what a database shares with its sessions.
 *
 * @module
 */

import {
  type CompiledQuery, type DatabaseConnection, DefaultQueryExecutor, type Dialect as KyselyDialect, type Driver, type KyselyProps, type QueryResult,
  type TransactionSettings
} from 'kysely'
import type { Constraints } from './constraints.ts'
import { JsonColumns } from './encode.ts'
import type { Engine, Held } from './engine.ts'
import type { MigrationSet } from './migrations.ts'
import type { AnyTable } from './table.ts'

type Execute = <R>(query: CompiledQuery) => Promise<QueryResult<R>>

/** A connection that Kysely is given for as long as it wants. */
export type Provided = Omit<Held, 'begin' | 'commit' | 'rollback'>

/** Runs statements straight on the engine, without what Kysely does for others: a log, a check of abort signals. */
export class Executor extends DefaultQueryExecutor {
  readonly #run: Execute
  /** Of one database and all its sessions. */
  readonly shared: object

  constructor (engine: Engine, plugins: JsonColumns, run: Execute, provide: () => Promise<Provided>) {
    super(engine.compiler, engine.adapter, {
      async provideConnection (consumer) {
        const held = await provide()
        try {
          return await consumer(held)
        } finally {
          held.release()
        }
      }
    }, [plugins])
    this.#run = run
    this.shared = plugins
  }

  override executeQuery<R> (query: CompiledQuery, options?: Parameters<DefaultQueryExecutor['executeQuery']>[1]): Promise<QueryResult<R>> {
    return options?.signal === undefined ? this.#run(query) : super.executeQuery(query, options)
  }
}

/** What Kysely's own `transaction()` and `connection()` ask for. */
class EngineDriver implements Driver {
  readonly #engine: Engine

  constructor (engine: Engine) {
    this.#engine = engine
  }

  async init (): Promise<void> {}

  acquireConnection (): Promise<DatabaseConnection> {
    return this.#engine.hold()
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

  async releaseConnection (connection: DatabaseConnection): Promise<void> {
    (connection as Held).release()
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
  readonly driver: Driver
  readonly dialect: KyselyDialect
}

export function coreOf (engine: Engine, constraints: Constraints): Core {
  const driver = new EngineDriver(engine)
  return {
    engine,
    constraints,
    json: new JsonColumns(),
    tables: new Map(),
    migrations: [],
    driver,
    dialect: {
      createDriver: () => driver,
      createQueryCompiler: () => engine.compiler,
      createAdapter: () => engine.adapter,
      createIntrospector: db => engine.introspector(db)
    }
  }
}

export function propsOf ({ engine, json, driver, dialect }: Core): KyselyProps {
  return {
    config: { dialect },
    driver,
    dialect,
    executor: new Executor(engine, json, query => engine.execute(query), () => engine.hold())
  }
}
