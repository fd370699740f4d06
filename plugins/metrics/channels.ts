/**
 * Measures statements and jobs, of which `db` and `tasks` tell on channels of the process.
 *
 * @module
 * @see https://nodejs.org/api/diagnostics_channel.html
 */

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { rootOf } from '../core/scope.ts'
import type { QueryEvent } from '../db/index.ts'
import type { JobAttempt } from '../tasks/index.ts'
import type { Client } from './client.ts'

const STATEMENTS = 'tracing:fastify-apikit:db.query:asyncEnd'
const JOBS = 'tracing:fastify-apikit:tasks.job:asyncEnd'

/** Of SQL, any word can be the first. */
const OPERATIONS: ReadonlySet<string> = new Set(['select', 'insert', 'update', 'delete', 'merge', 'begin', 'commit', 'rollback'])

export function observeStatements (app: FastifyInstance, { Histogram }: Client, registry: Registry, buckets: number[]): void {
  const durations = new Histogram({
    name: 'db_query_duration_seconds', help: 'Duration of statements, with the wait for a connection.', labelNames: ['database', 'role', 'operation', 'outcome'], buckets, registers: [registry]
  })
  listen(app, STATEMENTS, message => {
    const { app: owner, database, role, operation, duration, error } = message as QueryEvent & { readonly duration: number }
    // The channel has those of all apps in the process.
    if (owner !== undefined && rootOf(owner) !== rootOf(app)) return
    durations.observe({ database, role, operation: OPERATIONS.has(operation) ? operation : 'other', outcome: error === undefined ? 'ok' : 'error' }, duration / 1000)
  })
}

export function observeJobs (app: FastifyInstance, { Histogram }: Client, registry: Registry, buckets: number[]): void {
  const registers = [registry]
  const durations = new Histogram({ name: 'task_attempt_duration_seconds', help: 'Duration of attempts of durable tasks.', labelNames: ['task', 'ending'], buckets, registers })
  const waits = new Histogram({ name: 'task_wait_seconds', help: 'Time between that at which a job could run and its start.', labelNames: ['task'], buckets, registers })
  listen(app, JOBS, message => {
    const { app: owner, task, ending = 'unknown', duration = 0, waited } = message as JobAttempt
    if (rootOf(owner) !== rootOf(app)) return
    durations.observe({ task, ending }, duration / 1000)
    if (waited !== null) waits.observe({ task }, waited / 1000)
  })
}

/** Until the app closes. */
function listen (app: FastifyInstance, channel: string, hear: (message: unknown) => void): void {
  subscribe(channel, hear)
  app.addHook('onClose', async () => { unsubscribe(channel, hear) })
}
