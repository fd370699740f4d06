/**
 * Many rows at once.
 *
 * @module
 */

import { CompiledQuery, type QueryResult } from 'kysely'
import type { AnyTable, NewRow, Row } from '../tables/table.ts'
import { batchesOf } from './batches.ts'
import { conflictOf, type OnConflict } from './conflict.ts'
import { type Loose, type Part, type Statement, type Step, stepsOf } from './insert-steps.ts'
import { dialectOf, type In, type Source } from './rows.ts'

type Name<T extends AnyTable> = keyof T['columns'] & string

/** What else `insertMany` does. */
export interface InsertManyOptions<T extends AnyTable, Returned extends true | ReadonlyArray<Name<T>> | undefined = true | ReadonlyArray<Name<T>> | undefined> {
  /** What becomes of rows whose values another row has already. Default: they are refused, and with them all others. */
  readonly onConflict?: OnConflict<Name<T>>
  /** Returns the rows as they are in the database, with these columns; `true`: with all. Default: how many there are. */
  readonly returning?: Returned
}

type Inserted<T extends AnyTable, Returned> = Returned extends true ? Array<Row<T>>
  : Returned extends ReadonlyArray<infer N> ? Array<{ [name in keyof Row<T> & N]: Row<T>[name] }> : number

type Result = QueryResult<Record<string, unknown>>

/** A statement that was run. */
interface Done {
  readonly part: Part
  readonly result: Result
}

async function execute (db: Loose, query: CompiledQuery): Promise<Result> {
  return db.getExecutor().executeQuery<Record<string, unknown>>(query)
}

/** Runs statements as they are made: all of them or none. */
async function runAll (db: Loose, steps: Iterator<Step, void>, isSqlite: boolean): Promise<Done[]> {
  const [first, second] = [steps.next().value, steps.next().value]
  if (first === undefined) return []
  if (second === undefined) return [{ part: first.part, result: await execute(db, first.query) }]
  const work = async (db: Loose): Promise<Done[]> => {
    const done: Done[] = []
    const run = async ({ part, query }: Step): Promise<void> => { done.push({ part, result: await execute(db, query) }) }
    await run(first)
    await run(second)
    for (let step = steps.next().value; step !== undefined; step = steps.next().value) await run(step)
    return done
  }
  if (!db.isTransaction) return await db.transaction().execute(work)
  // A transaction of PostgreSQL is lost with a statement that fails; one of SQLite goes on, with what was inserted before.
  return isSqlite ? await withinSavepoint(db, work) : await work(db)
}

const SAVEPOINT = 'savepoint apikit_insert_many'

async function withinSavepoint<T> (db: Loose, work: (db: Loose) => Promise<T>): Promise<T> {
  const step = (sql: string): Promise<unknown> => execute(db, CompiledQuery.raw(sql))
  await step(SAVEPOINT)
  let done: T
  try {
    done = await work(db)
  } catch (error) {
    // A disk that is full has undone the whole transaction already.
    await Promise.allSettled([step(`rollback to ${SAVEPOINT}`), step(`release ${SAVEPOINT}`)])
    throw error
  }
  await step(`release ${SAVEPOINT}`)
  return done
}

/** The rows that were returned, in the order in which they were given, where there is one for each. */
function returnedOf (done: readonly Done[], isSkipping: boolean): Array<Record<string, unknown>> {
  const all = done.flatMap(({ result: { rows } }) => rows)
  const places = done.flatMap(({ part: { batch, start, end } }) => batch.places.slice(start, end))
  if (isSkipping || all.length !== places.length) return all
  const sorted: Array<Record<string, unknown>> = []
  for (const [index, place] of places.entries()) sorted[place] = all[index] as Record<string, unknown>
  return sorted
}

/**
 * Inserts any number of rows: all of them or none. Rows with the same fields share statements; a field that is missing, or
 * undefined, gets its default.
 *
 * PostgreSQL gets an array for each column, and rows of `column.array`, and of types with bounds of `column.of`, as lists of
 * values; SQLite lists of values, in statements that are prepared once.
 *
 * ```ts
 * await insertMany(db, items, lines.map(([title, price]) => ({ title, price })))
 * await insertMany(db, users, found, { onConflict: { columns: ['email'], do: 'update', set: ['name'] } })
 * const ids = await insertMany(db, items, lines, { returning: ['id'] })
 * ```
 *
 * @param db a session; of `app.db` itself, it is a transaction of its own
 * @returns how many rows were inserted or changed; with `returning` the rows, in the order in which they were given. Those that
 *   `do: 'nothing'` has left out are missing
 * @throws APIKIT_ERR_TABLE when `onConflict` names what the table does not have
 * @throws UniqueViolation, CheckViolation and the other violations
 * @see https://docs.sqlalchemy.org/en/20/orm/queryguide/dml.html#orm-bulk-insert-statements
 */
export async function insertMany<DB, T extends AnyTable, const Returned extends true | ReadonlyArray<Name<T>> | undefined = undefined> (
  db: Source<DB>, table: T & In<DB, T>, rows: Iterable<NewRow<T>>, options: InsertManyOptions<T, Returned> = {}): Promise<Inserted<T, Returned>> {
  const loose = db as unknown as Loose
  const dialect = dialectOf(db)
  const isSqlite = dialect === 'sqlite'
  const { onConflict, returning } = options
  const conflict = onConflict === undefined ? undefined : conflictOf(table, onConflict as OnConflict, dialect)
  const statement: Statement = { table, conflict, returning }
  const batches = batchesOf(rows, conflict?.columns)
  const done = await runAll(loose, stepsOf(loose, statement, batches, isSqlite), isSqlite)
  const inserted = returning === undefined
    ? done.reduce((sum, { result: { numAffectedRows = 0n } }) => sum + Number(numAffectedRows), 0)
    : returnedOf(done, conflict?.isSkipping === true)
  return inserted as Inserted<T, Returned>
}
