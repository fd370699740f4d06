/**
 * The lock under which migrations run, one process after the other, and their patience with the locks of others.
 *
 * @module
 */

import { setTimeout as delay } from 'node:timers/promises'
import { APIKIT_ERR_MIGRATION } from '../errors.ts'
import type { Database } from '../sessions/database.ts'
import type { Session } from '../sessions/session.ts'
import { type Ask, askOf } from './ask.ts'

// Anything that is not likely to be another's.
const LOCK = 4_711_002_026

/** Milliseconds from one question for it to the next. */
const LOCK_PAUSE = 200

/** How long a step waits for the locks of others. PostgreSQL. */
export interface Patience {
  /** Milliseconds that a statement waits for a lock: meanwhile others wait behind it. Default: 3000. */
  readonly lockTimeout?: number
  /** How often all is done again after that. Default: 10. */
  readonly lockRetries?: number
  /** Milliseconds until then, at least; at most eight times as many. Default: 1000. */
  readonly lockWait?: number
}

const LOCK_NOT_AVAILABLE = '55P03'

/** Whether a statement has waited for a lock for longer than it may. */
export function isLockTimeout (error: unknown): boolean {
  return [error, Object(error).cause].some(one => Object(one).code === LOCK_NOT_AVAILABLE)
}

function lockFailure (error: unknown, timeout: number, times: number): Error {
  const { step = 'a step', outcome = ' and was rolled back' } = Object(error)
  return Object.assign(new APIKIT_ERR_MIGRATION(
    `${String(step)} failed${String(outcome)}: another transaction held a lock that it needs for longer than ${timeout} ms, ${times} ${times === 1 ? 'time' : 'times'}. ` +
    'Find it in pg_stat_activity (select pid, state, query from pg_stat_activity where pg_blocking_pids(pid) = \'{}\' and xact_start is not null), ' +
    'and wait for its end or end it; or run up() with a larger lockTimeout'), { cause: error })
}

/**
 * Waits for its turn, without a statement that runs meanwhile: `create index concurrently` in the turn of another process waits
 * for the end of all that run, also of one that waits for the turn.
 */
async function takeLock (ask: Ask): Promise<void> {
  while ((await ask(`select where pg_try_advisory_xact_lock(${LOCK})`)).length === 0) await delay(LOCK_PAUSE)
}

/** Runs in a transaction under the lock, and again if it has waited too long for locks of others. */
export async function locked<DB, T> (db: Database<DB>, { lockTimeout = 3000, lockRetries = 10, lockWait = 1000 }: Patience, work: (session: Session<unknown>) => Promise<T>): Promise<T> {
  for (let retries = 0; ; retries++) {
    let isDone = false
    try {
      return await db.session(async given => {
        const session = given as Session<unknown>
        // SQLite's writer is locked as it is.
        if (db.dialect === 'postgres') {
          await takeLock(askOf(session))
          await session.run(`set local lock_timeout = ${lockTimeout}`)
        }
        const result = await work(session)
        isDone = true
        return result
      }, { maintenance: true })
    } catch (error) {
      // Constraints that are deferred are checked here.
      if (isDone) throw Object.assign(new APIKIT_ERR_MIGRATION(`the commit failed: ${Object(error).message}`), { cause: error })
      if (!isLockTimeout(error)) throw error
      if (retries >= lockRetries) throw lockFailure(error, lockTimeout, retries + 1)
      await delay(lockWait * (1 + Math.random() * 7))
    }
  }
}
