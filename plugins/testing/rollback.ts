/**
 * Undoes what a test does in the databases of its app.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { registrations } from '../core/registry.ts'
import { APIKIT_ERR_ROLLBACK } from './errors.ts'

/** The context of a test, of node:test or tap. */
interface Ending {
  after (close: () => unknown): unknown
}

/** As much of `fastify-apikit/db` as is used: apps without a database do not have its packages. */
interface Testable {
  beginTest (options: RollbackOptions): Promise<{ rollback (): Promise<void> }>
}

/** Options of `rollbackAfter()`. */
export interface RollbackOptions {
  /** Milliseconds that a request waits for another one's session. Default: 5000. */
  readonly timeout?: number
}

/**
 * Runs a test in one transaction for each database of the app, which is rolled back when the test ends. Sessions of requests are
 * savepoints in it, so that what fails in one of them is undone, and the next one goes on.
 *
 * ```ts
 * test('a user signs up', async t => {
 *   await rollbackAfter(t, app)
 *   await inject(app, 'POST /users', { json: { email: 'ann@example.com' }, answers: { 201: User } })
 * })
 * ```
 *
 * @param t Context of the test, of node:test or tap: anything with `after`.
 * @param app The app. It is made ready. Tests may share it, one after the other.
 * @throws APIKIT_ERR_ROLLBACK when the app has no database.
 * @throws APIKIT_ERR_TEST_TRANSACTION when another test with this app has not ended.
 */
export async function rollbackAfter (t: Ending, app: FastifyInstance, options: RollbackOptions = {}): Promise<void> {
  await app.ready()
  const databases = registrations(app).filter(({ plugin }) => plugin === 'db')
  if (databases.length === 0) throw new APIKIT_ERR_ROLLBACK('rollbackAfter() needs fastify-apikit/db, which is not registered')
  for (const { scope, options: { name = 'default' } } of databases as unknown as ReadonlyArray<{ scope: { database (name: string): Testable }, options: { name?: string } }>) {
    const transaction = await scope.database(name).beginTest(options)
    t.after(() => transaction.rollback())
  }
}
