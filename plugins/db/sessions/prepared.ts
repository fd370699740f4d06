/**
 * Statements built once and run with parameters: building one takes longer than SQLite needs to run it.
 *
 * @module
 */

import { createHash } from 'node:crypto'
import { type CompiledQuery, DeleteResult, InsertResult, type Kysely, NoResultError, type QueryExecutor, type QueryNode, type QueryResult, UpdateResult } from 'kysely'
import { Executor } from './core.ts'
import type { Tables } from './database.ts'
import { APIKIT_ERR_PREPARED } from '../errors.ts'
import { type Filled, Parameter } from '../engine/parameter.ts'
import type { AnyTable, TablesOf } from '../tables/table.ts'

/** What has a statement of Kysely's: a query builder at its end. */
interface Built<O> {
  compile (): CompiledQuery<O>
}

/** What runs statements: `app.db`, a session. */
type Runner = Pick<Kysely<any>, 'getExecutor'>

type Build<DB, P, O> = (db: Kysely<DB>, parameters: P) => Built<O>

/** A statement of one database, with what stands where a value goes. */
interface Plan {
  readonly name: string
  readonly compiled: CompiledQuery
  readonly wrap: ((result: QueryResult<unknown>) => unknown) | undefined
}

/** A statement made by `prepare`. */
export class Prepared<P extends object, O> {
  readonly #build: Build<any, P, O>
  /** By what compiles them: one for a database, whatever its sessions. */
  readonly #plans = new WeakMap<object, Plan>()

  constructor (build: Build<any, P, O>) {
    this.#build = build
  }

  /** All rows. */
  async execute (db: Runner, parameters: P): Promise<O[]> {
    const executor = db.getExecutor()
    const plan = this.#planOf(db, executor)
    const { wrap } = plan
    const result = await executor.executeQuery<O>(this.#fill(db, plan, parameters))
    return wrap === undefined ? result.rows : [wrap(result) as O]
  }

  /**
   * The rows in batches of `size`, as those of `stream()` of a query: read by a cursor, which is closed when the reader leaves.
   * The server does not keep the statement for it.
   *
   * ```ts
   * for await (const user of usersOf.stream(db, { team: 3 })) …
   * ```
   */
  async * stream (db: Runner, parameters: P, size = 100): AsyncGenerator<O, void> {
    const executor = db.getExecutor()
    for await (const { rows } of executor.stream<O>(this.#fill(db, this.#planOf(db, executor), parameters), size)) yield * rows
  }

  #planOf (db: Runner, executor: QueryExecutor): Plan {
    const key = executor instanceof Executor ? executor.shared : executor
    let plan = this.#plans.get(key)
    if (plan === undefined) this.#plans.set(key, plan = this.#plan(db))
    return plan
  }

  #fill (db: Runner, { compiled: { query, queryId, sql, parameters: places }, name }: Plan, parameters: P): Filled {
    return {
      name,
      query,
      queryId,
      sql,
      parameters: places.map(place => place instanceof Parameter ? valueOf(place, parameters) : place),
      whole: () => this.#build(db as Kysely<any>, parameters).compile()
    }
  }

  /** The first row, `undefined` when there is none. */
  async executeTakeFirst (db: Runner, parameters: P): Promise<O | undefined> {
    return (await this.execute(db, parameters))[0]
  }

  /** @throws NoResultError, of Kysely, when there is none */
  async executeTakeFirstOrThrow (db: Runner, parameters: P): Promise<O> {
    const [row] = await this.execute(db, parameters)
    if (row === undefined) throw new NoResultError(this.#plan(db).compiled.query as QueryNode)
    return row
  }

  #plan (db: Runner): Plan {
    const read = new Set<string>()
    const places = new Proxy({}, {
      get (_, name) {
        read.add(String(name))
        return new Parameter(String(name))
      },
      ownKeys () {
        throw new APIKIT_ERR_PREPARED('its parameters must be named one by one, not spread')
      }
    })
    const compiled = this.#build(db as Kysely<any>, places as P).compile()
    const used = new Set(compiled.parameters.map(place => place instanceof Parameter ? place.name : undefined))
    const lost = [...read].filter(name => !used.has(name))
    if (lost.length > 0) throw new APIKIT_ERR_PREPARED(`${lost.join(', ')} changes the SQL text with each value. Build that statement for each call instead of preparing it`)
    refuseOperators(compiled.query)
    return { compiled, name: `apikit_${createHash('sha256').update(compiled.sql).digest('hex').slice(0, 24)}`, wrap: wrapperOf(compiled) }
  }
}

function valueOf ({ name, encode }: Parameter, parameters: object): unknown {
  const value: unknown = Reflect.get(parameters, name)
  if (value === undefined) throw new APIKIT_ERR_PREPARED(`missing value for ${name}. Pass null for no value`)
  return encode !== undefined && value !== null ? encode(value) : value
}

/** What neither database takes one parameter behind. */
const OPERATORS: ReadonlySet<unknown> = new Set(['in', 'not in', 'is', 'is not'])

function refuseOperators (node: object): void {
  const { kind, operator, rightOperand } = node as { kind?: string, operator?: { operator?: unknown }, rightOperand?: { value?: unknown } }
  if (kind === 'BinaryOperationNode' && OPERATORS.has(operator?.operator) && rightOperand?.value instanceof Parameter) {
    throw new APIKIT_ERR_PREPARED(`${rightOperand.value.name} stands behind "${String(operator?.operator)}", where the SQL text changes with each value. Build that statement for each call instead of preparing it`)
  }
  for (const part of Object.values(node)) if (typeof part === 'object' && part !== null && !(part instanceof Parameter)) refuseOperators(part)
}

/** What Kysely gives for a statement without rows. */
function wrapperOf ({ query }: CompiledQuery): Plan['wrap'] {
  if ('returning' in query && query.returning !== undefined) return undefined
  switch (query.kind) {
    case 'InsertQueryNode': return ({ insertId, numAffectedRows }) => new InsertResult(insertId, numAffectedRows)
    case 'UpdateQueryNode': return ({ numAffectedRows = 0n }) => new UpdateResult(numAffectedRows, undefined)
    case 'DeleteQueryNode': return ({ numAffectedRows = 0n }) => new DeleteResult(numAffectedRows)
    default: return undefined
  }
}

/**
 * A statement that is built and compiled once, at its first use, and run with parameters: in a session or on `app.db`,
 * in SQLite or PostgreSQL.
 *
 * ```ts
 * const userById = prepare([users], (db, { id }: { id: number }) => db.selectFrom('users').selectAll().where('id', '=', id))
 * const user = await userById.executeTakeFirst(db, { id })
 * ```
 *
 * @param tables of the statement; without, it knows those of the interface `Tables`
 * @param build is called once for a database, with parameters that have no values yet; write their types beside them
 * @throws APIKIT_ERR_PREPARED at its first use, when the SQL depends on a value; and when a value is missing
 */
export function prepare<P extends object, O> (build: Build<Tables, P, O>): Prepared<P, O>
export function prepare<const T extends readonly AnyTable[], P extends object, O> (tables: T, build: Build<TablesOf<T>, P, O>): Prepared<P, O>
export function prepare<P extends object, O> (...rest: readonly unknown[]): Prepared<P, O> {
  return new Prepared(rest.at(-1) as Build<any, P, O>)
}
