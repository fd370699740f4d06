/**
 * Spans of statements and of attempts of jobs, of which `db` and `tasks` tell on channels of the process.
 *
 * @module
 * @see https://opentelemetry.io/docs/specs/semconv/db/database-spans/
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'
import type { Context, Link, Span } from '@opentelemetry/api'
import type { FastifyInstance } from 'fastify'
import type { QueryEvent } from '../db/index.ts'
import type { JobAttempt } from '../tasks/index.ts'
import type { Api } from './providers.ts'
import { isUnsampled } from './connections.ts'
import { fail } from './failures.ts'
import { endSpan, type Starter } from './guard.ts'
import { recordedOf } from './server-spans.ts'
import { rootOf } from '../core/scope.ts'

/** Characters of a statement. One that inserts many rows is as long as they are many. */
const LONGEST_STATEMENT = 2048

/** The context of the job of an app that runs. */
export type Jobs = AsyncLocalStorage<Context | undefined>

/** Statements are traced below what runs them; outside of requests and jobs they are not. */
export function traceStatements (app: FastifyInstance, api: Api, tracer: Starter, jobs: Jobs): void {
  const spans = new WeakMap<QueryEvent, Span>()
  const parentOf = (event: QueryEvent): Context | undefined => {
    // Of another app in the process, which has its own.
    if (event.app !== undefined && rootOf(event.app) !== rootOf(app)) return undefined
    const active = api.context.active()
    if (isUnsampled(active)) return undefined
    if (api.trace.getSpan(active) !== undefined) return active
    return event.request === undefined ? jobs.getStore() : recordedOf(event.request).context
  }
  listen<QueryEvent>(app, 'fastify-apikit:db.traced-query', {
    start (event) {
      const parent = parentOf(event)
      if (parent === undefined || api.trace.getSpan(parent)?.isRecording() !== true) return
      const { operation, table, dialect, database, sql } = event
      spans.set(event, tracer.startSpan(table === undefined ? operation.toUpperCase() : `${operation.toUpperCase()} ${table}`, {
        kind: api.SpanKind.CLIENT,
        attributes: {
          'db.system.name': dialect === 'postgres' ? 'postgresql' : dialect,
          'db.namespace': database,
          'db.operation.name': operation.toUpperCase(),
          ...table !== undefined && { 'db.collection.name': table },
          // It has places for its values.
          'db.query.text': sql.slice(0, LONGEST_STATEMENT)
        }
      }, parent))
    },
    asyncEnd (event) {
      const span = spans.get(event)
      if (span === undefined) return
      if (event.error !== undefined) fail(api, span, event.error)
      endSpan(api, span)
    }
  })
}

/** An attempt is a trace of its own, linked to the request that added the job: it may run days later, and again. */
export function traceJobs (app: FastifyInstance, api: Api, tracer: Starter): Jobs {
  const jobs: Jobs = new AsyncLocalStorage()
  const spans = new WeakMap<JobAttempt, Span>()
  const { start } = tracingChannel<Context | undefined, JobAttempt>('fastify-apikit:tasks.job')
  start.bindStore(jobs, attempt => {
    // Of another app in the process, which has its own.
    if (rootOf(attempt.app) !== rootOf(app)) return undefined
    const remote = attempt.traceparent === null ? undefined : api.trace.getSpanContext(api.propagation.extract(api.ROOT_CONTEXT, { traceparent: attempt.traceparent }))
    const links: Link[] = remote === undefined ? [] : [{ context: remote }]
    const attributes = { 'apikit.task.name': attempt.task, 'apikit.task.id': attempt.id, 'apikit.task.attempt': attempt.attempt }
    const span = tracer.startSpan(`task ${attempt.task}`, { kind: api.SpanKind.CONSUMER, attributes, links }, api.ROOT_CONTEXT)
    spans.set(attempt, span)
    return api.trace.setSpan(api.ROOT_CONTEXT, span)
  })
  app.addHook('onClose', async () => { start.unbindStore(jobs) })
  listen<JobAttempt>(app, 'fastify-apikit:tasks.job', {
    start () {},
    asyncEnd (attempt) {
      const span = spans.get(attempt)
      if (attempt.ending !== undefined) span?.setAttribute('apikit.task.ending', attempt.ending)
      if (span !== undefined && attempt.error !== undefined) fail(api, span, attempt.error)
      if (span !== undefined) endSpan(api, span)
    }
  })
  return jobs
}

/** Until the app closes. */
function listen<Event extends object> (app: FastifyInstance, name: string, { start, asyncEnd }: { start: (event: Event) => void, asyncEnd: (event: Event) => void }): void {
  const channel = tracingChannel<Event, Event>(name)
  const [begin, end] = [(event: unknown) => { start(event as Event) }, (event: unknown) => { asyncEnd(event as Event) }]
  channel.start.subscribe(begin)
  channel.asyncEnd.subscribe(end)
  app.addHook('onClose', async () => {
    channel.start.unsubscribe(begin)
    channel.asyncEnd.unsubscribe(end)
  })
}
