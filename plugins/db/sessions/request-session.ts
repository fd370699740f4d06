/**
 * The session of a request, as a dependency.
 *
 * @module
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Dependency, dependency } from '../../dependencies/index.ts'
import type { RoutePlan } from '../../core/plan/route-plan.ts'
import { dropTransaction, keepTransaction } from '../../core/request/transaction.ts'
import type { Tables } from './database.ts'
import { RequestStatements } from '../engine/request-statements.ts'
import { idempotently } from './retry.ts'
import type { Session } from './session.ts'
import type { AnyTable, TablesOf } from '../tables/table.ts'
import type { SessionOptions } from './unit.ts'

/** The transaction of a route: `config.transaction`. */
export interface RouteTransaction extends SessionOptions {
  /**
   * The handler may be called again, so often, when other transactions were in its way: declare it only where calling it
   * twice does what calling it once does, apart from its transaction.
   */
  readonly retries?: number
}

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD'

/** The sessions of the requests whose handlers may be called again. */
const repeatable = new WeakMap<FastifyRequest, Pick<Session<unknown>, 'commit' | 'rollback'>>()

/**
 * The session of the request: one, however many depend on it.
 *
 * - GET and HEAD only read, each statement for itself, unless the route has a `config.transaction`.
 * - Others have one transaction, which begins with the first statement. It is committed before the response leaves, so that
 *   what a client has been told is there; and undone by an error, and by a status of 400 and above.
 *
 * ```ts
 * app.post('/users', { config: { depends: { db: session } }, … }, async ({ body, deps: { db } }) =>
 *   db.insertInto('users').values(body).returningAll().executeTakeFirstOrThrow())
 * ```
 *
 * @see https://fastapi.tiangolo.com/tutorial/sql-databases/#create-a-session-dependency
 */
export const session: Dependency<Session<Tables>> = dependency({
  name: 'session',
  scope: 'function',
  forRoute: ({ method, config }) => config?.transaction === undefined && [method].flat().every(isSafe) ? ({ request }) => request.server.db.readingFor(request.raw) : undefined
}, async function * ({ request, reply }) {
  const { server: { db }, method, routeOptions: { config } } = request
  const transaction: RouteTransaction | undefined = config.transaction
  if (transaction === undefined && isSafe(method)) { // of a route with several methods
    yield db.readingFor(request.raw)
    return
  }
  const options = { readOnly: isSafe(method), ...transaction }
  const session = db.open({ ...options, ...options.readOnly && { statements: new RequestStatements(reply.raw) } })
  if (transaction?.retries !== undefined) repeatable.set(request, session)
  keepTransaction(request, session)
  try {
    yield session
    await (isRefused(reply) ? session.rollback() : session.commit())
  } catch (error) {
    await session.rollback()
    throw error
  } finally {
    dropTransaction(request)
    session.end()
  }
})

function isRefused ({ statusCode }: FastifyReply): boolean {
  return statusCode >= 400
}

/**
 * The same, typed for some tables: what `session` is without an interface `Tables`. There is one session in a request,
 * whoever asks for it, and for whichever tables.
 *
 * ```ts
 * const db = sessionOf([users, posts])
 * ```
 */
export function sessionOf<const T extends readonly AnyTable[]> (_tables: T): Dependency<Session<TablesOf<T>>> {
  return session as unknown as Dependency<Session<TablesOf<T>>>
}

/** Lets a route's handler be called again, when it says that it may. */
export function repeat ({ route, slots }: RoutePlan): void {
  const { retries = 0 }: RouteTransaction = route.config?.transaction ?? {}
  if (retries === 0) return
  slots.around.retry = handler => function (request, reply) {
    let last: unknown
    return idempotently({ retries }, async () => {
      // Answered already, whatever comes is not the client's any more.
      if (reply.sent) throw last
      const session = repeatable.get(request)
      try {
        const result: unknown = await handler.call(this, request, reply)
        // Here, and not when the response leaves: what fails then cannot be done again.
        await (isRefused(reply) ? session?.rollback() : session?.commit())
        return result
      } catch (error) {
        last = error
        await session?.rollback()
        throw error
      }
    })
  }
}
