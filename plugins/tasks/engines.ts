/**
 * Which engine the options ask for, and whether it can be had.
 *
 * @module
 */

import type { Static } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { Database } from '../db/index.ts'
import { type Scheduled, scheduledOf } from './cron.ts'
import type { DurableOptions } from './durable.ts'
import type { Engine } from './engine.ts'
import { APIKIT_ERR_TASK } from './errors.ts'
import { InlineEngine } from './inline.ts'
import type { Tables } from './jobs.ts'
import type { TasksOptions } from './options.ts'
import type { Runner } from './runner.ts'
import { type AnyTask, Task } from './task.ts'

type Parsed = Static<typeof TasksOptions>

export interface Engines {
  readonly engine: Engine
  /** The same, where it is that of this process. */
  readonly inline: InlineEngine | undefined
  readonly tasks: ReadonlyMap<string, AnyTask>
  readonly scheduled: readonly Scheduled[]
}

const NAME = /^[\w.-]{1,100}$/

function byName (tasks: readonly AnyTask[]): Map<string, AnyTask> {
  const names = new Map<string, AnyTask>()
  const problems: string[] = []
  for (const [index, task] of tasks.entries()) {
    if (!(task instanceof Task)) problems.push(`tasks[${index}] is no task; make it one by task(…)`)
    else if (!NAME.test(task.name)) problems.push(`the name ${JSON.stringify(task.name)} is not made of letters, digits, -, _ and ., or is longer than 100`)
    else if (names.has(task.name)) problems.push(`there are two tasks ${JSON.stringify(task.name)}`)
    else names.set(task.name, task)
  }
  if (problems.length > 0) throw new APIKIT_ERR_TASK(problems.join('; '))
  return names
}

/** @throws APIKIT_ERR_TASK when the tasks, or the engine, are not what they have to be */
export async function enginesOf (app: FastifyInstance, { engine: kind, tasks: list, url, schema, work, concurrency, lease, pollInterval }: Parsed, runner: Runner): Promise<Engines> {
  const tasks = byName(list)
  const scheduled = scheduledOf(tasks.values())
  if (kind === 'inline') {
    const inline = new InlineEngine(tasks, runner, app.log)
    return { engine: inline, inline, tasks, scheduled }
  }
  const options: DurableOptions = { tasks, scheduled, runner, log: app.log, work, concurrency, lease, pollInterval }
  if (kind === 'pg-boss') {
    if (url === undefined || !/^postgres(?:ql)?:/.test(url)) throw new APIKIT_ERR_TASK('the engine "pg-boss" needs the "url" of a PostgreSQL; without one take "sqlite" or "inline"')
    const { PgBossEngine } = await import('./pg-boss.ts')
    return { engine: new PgBossEngine({ ...options, url, schema }), inline: undefined, tasks, scheduled }
  }
  if (!app.hasDecorator('db')) throw new APIKIT_ERR_TASK('the engine "sqlite" keeps its jobs in the database of fastify-apikit/db; register that before')
  if (app.db.dialect !== 'sqlite') throw new APIKIT_ERR_TASK('the engine "sqlite" is for SQLite, and the database of the app is PostgreSQL; take "pg-boss"')
  // Only here: it takes packages that other engines do without.
  const { SqliteEngine } = await import('./sqlite.ts')
  return { engine: new SqliteEngine(app.db as unknown as Database<Tables>, options), inline: undefined, tasks, scheduled }
}
