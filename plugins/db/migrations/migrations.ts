/**
 * Migrations: what makes the tables of a database, and changes them, step by step. All that are to run, run in one
 * transaction under one lock: another process that has the same in mind waits, and finds them done.
 *
 * @module
 */

import { APIKIT_ERR_MIGRATION } from '../errors.ts'
import type { Database } from '../sessions/database.ts'
import type { Session } from '../sessions/session.ts'
import { askOf } from './ask.ts'
import { compareIn } from './diff/compare.ts'
import { declaredIn, writeDeclared } from './declared.ts'
import { isLockTimeout, locked, type Patience } from './lock.ts'
import { forget, isEdited, type Known, note, noteHash, prepareTable, readHistory, refuseOther } from './history.ts'
import { MigrationSchema } from './schema.ts'
import type { MigrationState } from './types.ts'

export { MigrationSchema } from './schema.ts'
export type { Patience } from './lock.ts'
export type { Migration, Migrations, MigrationSet, MigrationState } from './types.ts'

export interface UpOptions extends Patience {
  /** The last step that is done, by its full name. Default: all. */
  readonly to?: string
}

/** What is done, and what is not, in the order in which it runs; what ran and has no file any more stands first. */
export async function statusOf <DB> (db: Database<DB>): Promise<MigrationState[]> {
  const session = db.open({ transaction: false }) as Session<unknown>
  const { steps, lost } = await readHistory(askOf(session), db.dialect, db.migrations)
  return [
    ...lost.map(({ full, at }) => ({ name: full, at, edited: false, missing: true })),
    ...steps.map(step => ({ name: step.full, at: step.done?.at, edited: isEdited(step), missing: false }))
  ]
}

/** The names of what is not done yet. */
export async function pendingOf <DB> (db: Database<DB>): Promise<string[]> {
  return (await statusOf(db)).flatMap(({ name, at }) => at === undefined ? [name] : [])
}

/** What is not done yet, up to a step. */
function pendingIn (steps: readonly Known[], to: string | undefined): Known[] {
  const last = to === undefined ? steps.length - 1 : steps.findIndex(({ full }) => full === to)
  if (last < 0 && to !== undefined) throw new APIKIT_ERR_MIGRATION(`unknown migration ${JSON.stringify(to)}. Expected: ${steps.map(({ full }) => full).join(', ')}`)
  return steps.slice(0, last + 1).filter(({ done }) => done === undefined)
}

/**
 * Does all that is not done yet.
 *
 * @param options `to`: the last step
 * @returns the names of what it has done
 * @throws APIKIT_ERR_MIGRATION when a step or its commit fails: then none of those in its transaction is done; when a file that ran was edited.
 *   The error has the names of those that were committed before: `applied`
 */
export async function up <DB> (db: Database<DB>, { to, ...patience }: UpOptions = {}): Promise<string[]> {
  const reader = db.open({ transaction: false }) as Session<unknown>
  const history = await readHistory(askOf(reader), db.dialect, db.migrations)
  refuseOther(history)
  if (pendingIn(history.steps, to).length === 0) return []
  const all: string[] = []
  for (;;) {
    const { names, hasMore } = await locked(db, patience, session => batch(db, session, to)).catch((error: unknown) => {
      // Those of the transactions before are committed.
      throw Object.assign(Object(error), { applied: all })
    })
    all.push(...names)
    if (!hasMore) return all
  }
}

/** Steps in one transaction: up to one that has its own, or that one alone. */
async function batch<DB> (db: Database<DB>, session: Session<unknown>, to: string | undefined): Promise<{ readonly names: string[], readonly hasMore: boolean }> {
  const ask = askOf(session)
  for (const set of db.migrations) await prepareTable(ask, db.dialect, set)
  const history = await readHistory(ask, db.dialect, db.migrations)
  refuseOther(history)
  const pending = pendingIn(history.steps, to)
  const apart = pending.findIndex(({ migration }) => migration.transaction !== undefined)
  const steps = pending.slice(0, apart < 0 ? pending.length : Math.max(apart, 1))
  for (const [position, step] of steps.entries()) {
    await attempt(db, session, step, steps.slice(0, position), async schema => step.migration.up(schema))
    await note(ask, step)
  }
  if (steps.length === pending.length) await remember(db, session)
  return { names: steps.map(({ full }) => full), hasMore: steps.length < pending.length }
}

/** Statements take the time that they take here, too: an index that is cut off would be left behind, and invalid. */
function withoutTransaction<DB> (db: Database<DB>, work: (session: Session<unknown>) => Promise<void>): Promise<void> {
  return db.session(async given => {
    const session = given as Session<unknown>
    await session.run('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0')
    await work(session)
  }, { transaction: 'none', maintenance: true })
}

/** What is left of a step that fails. */
function outcomeOf (isAlone: boolean, before: readonly Known[]): string {
  if (isAlone) return ', and has no transaction: its statements before are kept'
  return ` and was rolled back${before.length === 0 ? '' : `, with those before it in its transaction (${before.map(({ full }) => full).join(', ')})`}`
}

/**
 * Runs a step in the session, or in one of its own that has no transaction.
 *
 * @param before those of the same transaction
 */
async function attempt<DB> (db: Database<DB>, session: Session<unknown>, { full, migration }: Known, before: readonly Known[], work: (schema: MigrationSchema) => Promise<void>): Promise<void> {
  const isAlone = migration.transaction === 'none' && db.dialect === 'postgres'
  const outcome = outcomeOf(isAlone, before)
  const run = (session: Session<unknown>): Promise<void> => work(new MigrationSchema(session))
  try {
    await (isAlone ? withoutTransaction(db, run) : run(session))
  } catch (error) {
    if (isLockTimeout(error)) throw Object.assign(Object(error), { step: full, outcome })
    const message = error instanceof APIKIT_ERR_MIGRATION ? error.message.replace('Migrations: ', '') : toldBy(error)
    throw Object.assign(new APIKIT_ERR_MIGRATION(`${full} failed${outcome}: ${message}`), { cause: error })
  }
}

/** What a database says, with its detail, which names what is in the way; of another error its message. */
function toldBy (error: unknown): string {
  const { message = String(error), detail }: { readonly message?: unknown, readonly detail?: unknown } = Object(Object(error).cause ?? error)
  return [message, ...detail === undefined ? [] : [String(detail).replaceAll('\n', '; ').replace(/\.$/, '')]].join('. ')
}

/** Keeps what the code declares now. A role that may make no temporary tables has no list, and so drops nothing. */
async function remember<DB> (db: Database<DB>, session: Session<unknown>): Promise<void> {
  if (db.tables.length === 0) return
  const ask = askOf(session)
  try {
    await session.savepoint(async () => {
      const { matches, actual, desired } = await compareIn(session, db.tables)
      await writeDeclared(ask, db.dialect, declaredIn(matches, actual, desired))
    })
  } catch (error) {
    if (!(error instanceof APIKIT_ERR_MIGRATION)) throw error
  }
}

/**
 * Undoes the last step of the app, or of a plugin.
 *
 * @returns the names of what it has undone
 * @throws APIKIT_ERR_MIGRATION when it fails, or has no `down`
 */
export async function down <DB> (db: Database<DB>, name = 'app', patience: Patience = {}): Promise<string[]> {
  const set = db.migrations.find(set => set.name === name)
  if (set === undefined) throw new APIKIT_ERR_MIGRATION(`unknown migration set ${JSON.stringify(name)}. Registered: ${db.migrations.map(({ name }) => name).join(', ')}`)
  return locked(db, patience, async session => {
    const ask = askOf(session)
    await prepareTable(ask, db.dialect, set)
    const { steps, lost } = await readHistory(ask, db.dialect, [set])
    if (lost.length > 0) refuseOther({ steps, lost })
    // Of those of one moment, the last by its name.
    const [last] = steps.filter(({ done }) => done !== undefined).reverse().sort((a, b) => Number(b.done?.at) - Number(a.done?.at))
    if (last === undefined) return []
    const { migration, full } = last
    refuseOther({ steps: [last], lost: [] })
    if (migration.down === undefined) throw new APIKIT_ERR_MIGRATION(`${full} cannot be undone, since it exports no down`)
    await attempt(db, session, last, [], async schema => migration.down?.(schema))
    await forget(ask, last)
    return [full]
  })
}

/**
 * Marks steps as done that are not: those of a database that something else has made.
 *
 * @param options `to`: the last of them
 * @returns their names
 */
export async function stamp <DB> (db: Database<DB>, { to, ...patience }: UpOptions = {}): Promise<string[]> {
  return locked(db, patience, async session => {
    const ask = askOf(session)
    for (const set of db.migrations) await prepareTable(ask, db.dialect, set)
    const pending = pendingIn((await readHistory(ask, db.dialect, db.migrations)).steps, to)
    for (const step of pending) await note(ask, step)
    await remember(db, session)
    return pending.map(({ full }) => full)
  })
}

/**
 * Says that a step may be other than it was when it ran, or that its file is gone for good: then it is forgotten.
 *
 * @param name with its owner: `tasks/0001_tasks`
 * @throws APIKIT_ERR_MIGRATION when there is no such step, or it was not done
 */
export async function accept <DB> (db: Database<DB>, name: string): Promise<void> {
  await locked(db, {}, async session => {
    const ask = askOf(session)
    for (const set of db.migrations) await prepareTable(ask, db.dialect, set)
    const { steps, lost } = await readHistory(ask, db.dialect, db.migrations)
    const step = steps.find(({ full, done }) => full === name && done !== undefined)
    const gone = lost.find(({ full }) => full === name)
    if (step !== undefined) await noteHash(ask, step)
    else if (gone !== undefined) await forget(ask, gone)
    else throw new APIKIT_ERR_MIGRATION(`${JSON.stringify(name)} is not a migration that ran`)
  })
}
