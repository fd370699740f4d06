/**
 * `app.tasks`: tasks outside of requests, and what stands in the queue.
 *
 * @module
 */

import { setTimeout as delay } from 'node:timers/promises'
import type { AddOptions, Engine, Job, JobFilter, JobState, NewJob } from './engine.ts'
import { APIKIT_ERR_TASK } from './errors.ts'
import type { Runner } from './runner.ts'
import type { AnyTask, Task } from './task.ts'

/** Between two looks at whether all is done. */
const LOOK = 20

/**
 * What is added to the queue.
 *
 * @throws APIKIT_ERR_TASK for a task that the plugin was not given
 * @throws APIKIT_ERR_TASK_PAYLOAD
 */
export function jobOf (tasks: ReadonlyMap<string, AnyTask>, task: AnyTask, payload: unknown, { delay = 0, uniqueKey = null }: { delay?: number, uniqueKey?: string | null } = {}): NewJob {
  if (tasks.get(task.name) !== task) throw new APIKIT_ERR_TASK(`the task ${JSON.stringify(task.name)} is not among the "tasks" of the plugin; add it there`)
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
   * Adds a task, at once.
   *
   * ```ts
   * await app.tasks.add(report, { month: 11 }, { delay: 60_000, uniqueKey: 'report' })
   * ```
   *
   * @throws APIKIT_ERR_TASK_PAYLOAD for a payload that does not fit; nothing is stored then
   */
  async add<Payload> (task: Task<Payload>, payload: Payload, options: AddOptions = {}): Promise<void> {
    await this.#engine.add([jobOf(this.#tasks, task, payload, options)])
  }

  /** The newest jobs first: what is queued, runs, or has failed for good. */
  list (filter: JobFilter = {}): Promise<Job[]> {
    return this.#engine.list(filter)
  }

  /** How many there are in each state. */
  counts (): Promise<Readonly<Record<JobState, number>>> {
    return this.#engine.counts()
  }

  /** Queues a failed job anew, as if it had never been tried; `false` when there is none of this id. */
  retry (id: string): Promise<boolean> {
    return this.#engine.retry(id)
  }

  /** Forgets a job that does not run; `false` when there is none of this id. */
  remove (id: string): Promise<boolean> {
    return this.#engine.remove(id)
  }

  /**
   * Waits until nothing runs and nothing is due: in tests. Jobs that wait for their time are not waited for.
   */
  async drain (): Promise<void> {
    for (;;) {
      await this.#runner.idle()
      if (await this.#engine.due() === 0 && this.#runner.size === 0) return
      await delay(LOOK)
    }
  }
}
