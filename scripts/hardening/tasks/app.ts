/**
 * An app whose tasks note that they have run: the processes of the suite `tasks`.
 *
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import db, { column, table } from '../../../plugins/db/index.ts'
import dependencies from '../../../plugins/dependencies/index.ts'
import errors from '../../../plugins/errors/index.ts'
import tasks, { task } from '../../../plugins/tasks/index.ts'

/** Where jobs and notes are. */
export interface Place {
  readonly engine: 'sqlite' | 'pg-boss'
  readonly url: string
  readonly schema: string
}

/** A line for each time that a task has run. */
export const runs = table('runs', { id: column.id(), number: column.integer(), worker: column.text() })

/** Milliseconds, so that a kill is seldom between two of them. */
const [LEAST, MOST] = [5, 15]

export const note = task('note', { payload: Type.Object({ number: Type.Integer() }) }, async ({ number }, { app }) => {
  await sleep(LEAST + Math.random() * (MOST - LEAST))
  await app.db.of([runs]).insertInto('runs').values({ number, worker: String(process.pid) }).execute()
})

/** Which is ready; closed by the caller. */
export async function open ({ engine, url, schema }: Place, work: boolean): Promise<FastifyInstance> {
  const app = Fastify({ logger: { level: 'error' } })
  for (const plugin of [errors, dependencies]) await app.register(plugin)
  await app.register(db, { url, tables: [runs], migrate: true })
  await app.db.createTables([runs])
  await app.register(tasks, { engine, tasks: [note], work, lease: 2000, pollInterval: 100, ...engine === 'pg-boss' && { url, schema } })
  await app.ready()
  return app
}
