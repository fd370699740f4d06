/**
 * `app.tasks`: adds tasks outside of requests, and manages the queue.
 *
 * @module
 */

import { setTimeout as delay } from 'node:timers/promises'
import type { AddOptions, Engine, Job, JobFilter, JobState, NewJob } from './engine.ts'
import { APIKIT_ERR_TASK } from './errors.ts'
import type { Runner } from './runner.ts'
import type { AnyTask, Task } from './task.ts'

/** Milliseconds between two checks whether all is done. */
const LOOK = 20

/**
 * Adds jobs to the queue.
 *
 * @throws APIKIT_ERR_TASK when the plugin was registered without the task.
 * @throws APIKIT_ERR_TASK_PAYLOAD when the payload does not match its schema.
 */
export function jobOf (tasks: ReadonlyMap<string, AnyTask>, task: AnyTask, payload: unknown, { delay = 0, uniqueKey = null }: { delay?: number, uniqueKey?: string | null } = {}): NewJob {
  if (tasks.get(task.name) !== task) throw new APIKIT_ERR_TASK(`unknown task ${JSON.stringify(task.name)}. Add it to the option "tasks" of the plugin`)
  return { task: task.name, payload: task.codec.encode(payload), runAt: new Date(Date.now() + delay), uniqueKey }
}

export class AppTasks {
  readonly #tasks: ReadonlyMap<string, AnyTask>
  readonly #engine: Engine
  readonly #runner: Runner

  constructor (tasks: ReadonlyMap<string, AnyTask>, engine: Engine, runner: Runner) {
    this.#tasks = tasks
    this.#engine = engine
    this.#runner = runner
  }

  /**
   * Adds a task at once.
   *
   * ```ts
   * await app.tasks.add(report, { month: 11 }, { delay: 60_000, uniqueKey: 'report' })
   * ```
   *
   * @throws APIKIT_ERR_TASK_PAYLOAD when the payload does not match its schema. Nothing is stored.
   */
  async add<Payload> (task: Task<Payload>, payload: Payload, options: AddOptions = {}): Promise<void> {
    await this.#engine.add([jobOf(this.#tasks, task, payload, options)])
  }

  /** Returns queued, running and failed jobs, newest first. */
  list (filter: JobFilter = {}): Promise<Job[]> {
    return this.#engine.list(filter)
  }

  /** Returns the number of jobs in each state. */
  counts (): Promise<Readonly<Record<JobState, number>>> {
    return this.#engine.counts()
  }

  /** Queues a failed job again, with its attempts reset. Returns `false` for an unknown ID. */
  retry (id: string): Promise<boolean> {
    return this.#engine.retry(id)
  }

  /** Removes a job that is not running. Returns `false` for an unknown ID. */
  remove (id: string): Promise<boolean> {
    return this.#engine.remove(id)
  }

  /** Waits until nothing runs and nothing is due, for tests. Does not wait for delayed jobs. */
  async drain (): Promise<void> {
    for (;;) {
      await this.#runner.idle()
      if (await this.#engine.due() === 0 && this.#runner.size === 0) return
      await delay(LOOK)
    }
  }
}
