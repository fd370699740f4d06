/**
 * Creates the engine of the options, and checks what it needs.
 *
 * @module
 */

import type { Static } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { shareOfWorkers } from '../core/workers.ts'
import type { Database } from '../db/index.ts'
import { type Scheduled, scheduledOf } from './cron.ts'
import type { DurableOptions } from './durable.ts'
import type { DurableEngine } from './engine.ts'
import { APIKIT_ERR_TASK } from './errors.ts'
import { InlineEngine } from './inline.ts'
import type { Tables } from './jobs.ts'
import type { TasksOptions } from './options.ts'
import type { Runner } from './runner.ts'
import { type AnyTask, Task } from './task.ts'

type Parsed = Static<typeof TasksOptions>

export interface Engines {
  readonly engine: InlineEngine | DurableEngine
  readonly tasks: ReadonlyMap<string, AnyTask>
  readonly scheduled: readonly Scheduled[]
}

const NAME = /^[\w.-]{1,100}$/

function byName (tasks: readonly AnyTask[]): Map<string, AnyTask> {
  const names = new Map<string, AnyTask>()
  const problems: string[] = []
  for (const [index, task] of tasks.entries()) {
    if (!(task instanceof Task)) problems.push(`tasks[${index}] must be a task, made by task(…)`)
    else if (!NAME.test(task.name)) problems.push(`the task name ${JSON.stringify(task.name)} is invalid. Use at most 100 letters, digits, -, _ and .`)
    else if (names.has(task.name)) problems.push(`two tasks have the name ${JSON.stringify(task.name)}`)
    else names.set(task.name, task)
  }
  if (problems.length > 0) throw new APIKIT_ERR_TASK(problems.join('; '))
  return names
}

/** @throws APIKIT_ERR_TASK when the tasks or the engine are invalid. */
export async function enginesOf (app: FastifyInstance, { engine: kind, tasks: list, url, schema, poolSize, work, concurrency, lease, pollInterval, retention }: Parsed, runner: Runner): Promise<Engines> {
  const tasks = byName(list)
  const scheduled = scheduledOf(tasks.values())
  if (kind === 'inline') {
    return { engine: new InlineEngine(tasks, runner, retention), tasks, scheduled }
  }
  const options: DurableOptions = { tasks, scheduled, runner, log: app.log, work, concurrency, lease, pollInterval, retention }
  if (kind === 'pg-boss') {
    if (url === undefined || !/^postgres(?:ql)?:/.test(url)) throw new APIKIT_ERR_TASK('the engine "pg-boss" needs the option "url" of a PostgreSQL database. Without one use "sqlite" or "inline"')
    const { PgBossEngine } = await import('./pg-boss.ts')
    return { engine: new PgBossEngine({ ...options, url, schema, poolSize: shareOfWorkers('fastify-apikit/tasks: poolSize', poolSize) }), tasks, scheduled }
  }
  if (!app.hasDecorator('db')) throw new APIKIT_ERR_TASK('the engine "sqlite" needs fastify-apikit/db, which stores its jobs. Register db before tasks')
  if (app.db.dialect !== 'sqlite') throw new APIKIT_ERR_TASK('the engine "sqlite" needs an SQLite database, but the app uses PostgreSQL. Use "pg-boss"')
  // Only here: other engines do not need its packages.
  const { SqliteEngine } = await import('./sqlite.ts')
  return { engine: new SqliteEngine(app.db as unknown as Database<Tables>, options), tasks, scheduled }
}
