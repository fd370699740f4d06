/**
 * The session of a request, as a dependency.
 *
 * @module
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Dependency, dependency } from '../../dependencies/index.ts'
import type { RoutePlan } from '../../core/plan/route-plan.ts'
import { onlyReadsReply } from '../../core/plan/takes-reply.ts'
import { dropTransaction, keepTransaction } from '../../core/request/transaction.ts'
import type { Database, Tables } from './database.ts'
import { DEFAULT, decoratorOf, type TablesNamed } from './databases.ts'
import { RequestStatements } from '../engine/request-statements.ts'
import { idempotently } from './retry.ts'
import type { Session } from './session.ts'
import { RequestSessions } from './together.ts'
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

/**
 * Whether a route reads from a replica: `config.replica`. A function is asked for each request: whether its client has written
 * lately, and must see that.
 */
export type RouteReplica = boolean | ((request: FastifyRequest) => boolean)

function usesReplica (request: FastifyRequest, database: Database<unknown>): boolean {
  const replica: RouteReplica = request.routeOptions.config.replica ?? database.readsFromReplica
  return typeof replica === 'function' ? replica(request) : replica
}

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'QUERY'
/** Without a body, so that the end of the request is that of its client. */
const isBodiless = (method: string): boolean => method === 'GET' || method === 'HEAD'

const dependencies = new Map<string, Dependency<Session<unknown>>>()

/** One for a name, so that all who ask for it get one session. */
function sessionNamed (name: string): Dependency<Session<unknown>> {
  let found = dependencies.get(name)
  if (found === undefined) dependencies.set(name, found = makeSession(name))
  return found
}

/** Who asks for a session. */
interface Asked {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

function makeSession (name: string): Dependency<Session<unknown>> {
  const decorator = decoratorOf(name)
  const databaseOf = (app: FastifyInstance): Database<unknown> => Reflect.get(app, decorator)
  const readingFor = ({ request, reply }: Asked): Session<unknown> => {
    const database = databaseOf(request.server)
    return database.readingFor(request, reply.raw, { isBodiless: isBodiless(request.method), replica: usesReplica(request, database) })
  }
  return dependency({
    name: name === DEFAULT ? 'session' : `session of ${name}`,
    scope: 'function',
    decorators: [decorator],
    forRoute: ({ method, config }) => config?.transaction === undefined && [method].flat().every(isBodiless) ? onlyReadsReply((context: Asked) => readingFor(context)) : undefined
  }, onlyReadsReply(async function * ({ request, reply }: Asked) {
    const { server, method, routeOptions: { config } } = request
    const transaction: RouteTransaction | undefined = config.transaction
    if (transaction === undefined && isSafe(method)) { // of a route with several methods, or with a body
      yield readingFor({ request, reply })
      return
    }
    const options = { readOnly: isSafe(method), ...transaction }
    const database = databaseOf(server)
    const session = database.open({ ...options, request, ...options.readOnly && { statements: new RequestStatements(reply.raw), replica: usesReplica(request, database) } })
    const all = RequestSessions.of(request)
    all.add(name, session)
    if (name === DEFAULT) keepTransaction(request, session)
    try {
      yield session
      await all.leave(isRefused(reply))
    } catch (error) {
      await all.fail(error)
      throw error
    } finally {
      if (name === DEFAULT) dropTransaction(request)
      session.end()
    }
  }))
}

/**
 * The session of the request: one, however many depend on it.
 *
 * - GET, HEAD and QUERY only read, each statement for itself, unless the route has a `config.transaction`.
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
export const session = sessionNamed(DEFAULT) as unknown as Dependency<Session<Tables>>

function isRefused ({ statusCode }: FastifyReply): boolean {
  return statusCode >= 400
}

/**
 * Returns `session` typed for some tables, for apps without an interface `Tables`. A request has one session for each
 * database: all dependencies and the handler share it, whatever tables they name. With a name, the session is that of
 * another database of the app; without tables it is typed by the interface `Databases`.
 *
 * ```ts
 * const db = sessionOf([users, posts])
 * const reports = sessionOf('reports', [visits])
 * ```
 *
 * @throws at startup, where a route asks for a database that is not registered in its scope or above
 */
export function sessionOf<const T extends readonly AnyTable[]> (tables: T): Dependency<Session<TablesOf<T>>>
export function sessionOf<const T extends readonly AnyTable[]> (name: string, tables: T): Dependency<Session<TablesOf<T>>>
export function sessionOf<const Name extends string> (name: Name): Dependency<Session<TablesNamed<Name>>>
export function sessionOf (first: string | readonly AnyTable[]): Dependency<Session<any>> {
  return sessionNamed(typeof first === 'string' ? first : DEFAULT)
}

/** Lets a route's handler be called again, when it says that it may; and refuses a replica to one that writes. */
export function repeat ({ route, slots, atReady }: RoutePlan): void {
  const { replica = false, transaction } = route.config ?? {}
  if (typeof replica !== 'boolean' && typeof replica !== 'function') atReady.push(refuse => { refuse('config.replica must be true, false or a function of the request') })
  if (replica !== false && !(transaction?.readOnly ?? [route.method].flat().every(isSafe))) {
    atReady.push(refuse => { refuse('config.replica needs a session that only reads: a route for GET, HEAD and QUERY alone, or config: { transaction: { readOnly: true } }') })
  }
  const { retries = 0 }: RouteTransaction = transaction ?? {}
  if (retries === 0) return
  slots.around.retry = handler => function (request, reply) {
    let last: unknown
    return idempotently({ retries }, async () => {
      // Answered already, whatever comes is not the client's any more.
      if (reply.sent) throw last
      const sessions = RequestSessions.find(request)
      try {
        const result: unknown = await handler.call(this, request, reply)
        // Here, and not when the response leaves: what fails then cannot be done again.
        await (isRefused(reply) ? sessions?.rollback() : sessions?.commit())
        return result
      } catch (error) {
        last = error
        await sessions?.rollback()
        throw error
      }
    })
  }
}
