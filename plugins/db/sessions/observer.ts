/**
 * What is told of each statement: on a tracing channel, for telemetry, and in the log.
 *
 * @module
 * @see https://nodejs.org/api/diagnostics_channel.html#class-tracingchannel
 */

import { tracingChannel } from 'node:diagnostics_channel'
import type { CompiledQuery } from 'kysely'
import type { FastifyRequest } from 'fastify'
import { isTraced } from '../../core/request/measures.ts'
import { tableOf } from '../engine/nodes.ts'
import { targetOf } from '../engine/statement.ts'
import type { QueryEvent } from './query-event.ts'
import type { QueryLog, Timed } from './query-log.ts'

/** Name of the tracing channel: its events are `tracing:fastify-apikit:db.query:start`, `:end`, `:asyncStart`, `:asyncEnd`, `:error`. */
export const QUERY_CHANNEL = 'fastify-apikit:db.query'

const channel = tracingChannel<unknown, QueryEvent>(QUERY_CHANNEL)

/** The same for `telemetry`, without the statements of requests that are not traced: nearly all, which pay for no event. */
const traced = tracingChannel<unknown, QueryEvent>('fastify-apikit:db.traced-query')

type Counted = { readonly rows: { readonly length: number }, readonly numAffectedRows?: bigint } | undefined

export class Observer {
  readonly #about: Pick<QueryEvent, 'app' | 'database' | 'dialect' | 'role'>
  readonly #log: QueryLog | undefined

  constructor (about: Pick<QueryEvent, 'app' | 'database' | 'dialect' | 'role'>, log: QueryLog | undefined) {
    this.#about = about
    this.#log = log
  }

  /** Somebody listens to statements of this request, or to those of none, or the log is on. */
  isOnFor (request: FastifyRequest | undefined): boolean {
    return this.#log !== undefined || channel.hasSubscribers || isTracedFor(request)
  }

  async run<T> (query: CompiledQuery, request: FastifyRequest | undefined, work: () => Promise<T>): Promise<T> {
    const { sql, parameters } = query
    const event: QueryEvent = { ...this.#about, sql, operation: operationOf(query), table: readTableOf(query), request }
    const start = performance.now()
    let result: T | undefined
    const timed = async (): Promise<void> => {
      try {
        result = await work()
        event.rows = countOf(event.operation, result as Counted)
      } finally {
        event.duration = performance.now() - start
      }
    }
    try {
      // Its rows are not for those who listen.
      await channel.tracePromise(isTracedFor(request) ? () => traced.tracePromise(timed, event) : timed, event)
    } catch (error) {
      event.error = error
      throw error
    } finally {
      this.#log?.write(event as Timed, parameters)
    }
    return result as T
  }
}

function isTracedFor (request: FastifyRequest | undefined): boolean {
  return traced.hasSubscribers && (request === undefined || isTraced(request))
}

/** SQLite tells of others what the last one that writes has written. */
const WRITES: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'merge', 'replace', 'with'])

function countOf (operation: string, result: Counted): number {
  if (result === undefined) return 0
  const { rows, numAffectedRows } = result
  return numAffectedRows !== undefined && WRITES.has(operation) ? Number(numAffectedRows) : rows.length
}

const OPERATIONS: Readonly<Record<string, string>> = {
  SelectQueryNode: 'select', InsertQueryNode: 'insert', UpdateQueryNode: 'update', DeleteQueryNode: 'delete', MergeQueryNode: 'merge'
}

function operationOf ({ query: { kind }, sql }: CompiledQuery): string {
  return OPERATIONS[kind] ?? sql.trimStart().split(/[^a-z]/i, 1).join('').toLowerCase()
}

function readTableOf ({ query }: CompiledQuery): string | undefined {
  return query.kind === 'SelectQueryNode' ? tableOf(query.from?.froms[0]) : targetOf(query)
}
