/**
 * `app.tasks`: adds tasks outside of requests, and manages the queue.
 *
 * @module
 */

import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { inspect } from 'node:util'
import { type AddOptions, type Engine, type Job, type JobCounts, type JobFilter, JOB_STATES, type JobState, type NewJob, noCounts } from './engine.ts'
import { APIKIT_ERR_TASK } from './errors.ts'
import type { Runner } from './runner.ts'
import { type AnyTask, Task } from './task.ts'

/** Milliseconds: a hundred years. */
const LONGEST_DELAY = 3_155_760_000_000

/** Milliseconds between two checks whether all is done. */
const LOOK = 20

const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/

/** The trace context, if it is one. */
export function validTraceparent (header: unknown): string | null {
  return typeof header === 'string' && TRACEPARENT.test(header) ? header : null
}

/** @param payload JSON. */
export function newJob (task: AnyTask, payload: string, { delay = 0, uniqueKey, priority = task.priority, traceparent }: AddOptions = {}, requestId: string | null = null): NewJob {
  return {
    id: randomUUID(),
    task: task.name,
    payload,
    version: task.version,
    runAt: new Date(Date.now() + delay),
    uniqueKey: uniqueKey ?? null,
    priority,
    requestId,
    traceparent: validTraceparent(traceparent)
  }
}

/**
 * Returns the job to add.
 *
 * @throws APIKIT_ERR_TASK when the plugin was registered without the task, or an option is invalid.
 * @throws APIKIT_ERR_TASK_PAYLOAD when the payload does not match its schema.
 */
export function jobOf (tasks: ReadonlyMap<string, AnyTask>, task: AnyTask, payload: unknown, options: AddOptions, requestId: string | null = null): NewJob {
  // Of JavaScript, where a task that was never made is `undefined`.
  if (!(task instanceof Task)) throw new APIKIT_ERR_TASK(`add() needs a task made by task(), got ${typeof task}`)
  if (tasks.get(task.name) !== task) throw new APIKIT_ERR_TASK(`unknown task ${JSON.stringify(task.name)}. Add it to the option "tasks" of the plugin`)
  const { delay = 0, priority = 0, traceparent, uniqueKey } = options
  if (typeof delay !== 'number' || !(delay >= 0 && delay <= LONGEST_DELAY)) throw new APIKIT_ERR_TASK(`${task.name}: delay must be a number of milliseconds ≥ 0, at most ${LONGEST_DELAY}, got ${inspect(delay)}`)
  if (uniqueKey !== undefined && typeof uniqueKey !== 'string') throw new APIKIT_ERR_TASK(`${task.name}: uniqueKey must be a string, got ${inspect(uniqueKey)}`)
  if ((priority | 0) !== priority) throw new APIKIT_ERR_TASK(`${task.name}: priority must be an integer of 32 bits, got ${inspect(priority)}`)
  if (traceparent !== undefined && validTraceparent(traceparent) === null) throw new APIKIT_ERR_TASK(`${task.name}: traceparent must be a W3C trace context, got ${JSON.stringify(traceparent)}`)
  return newJob(task, task.codec.encode(payload), options, requestId)
}

/** Number of jobs in each state, of all tasks. */
function totals (counts: JobCounts): Record<JobState, number> {
  const total = noCounts()
  for (const one of Object.values(counts)) for (const state of JOB_STATES) total[state] += one[state]
  return total
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
   * Adds a task at once. Returns the ID of the job.
   *
   * ```ts
   * const id = await app.tasks.add(report, { month: 11 }, { delay: 60_000, uniqueKey: 'report' })
   * ```
   *
   * @throws APIKIT_ERR_TASK_PAYLOAD when the payload does not match its schema. Nothing is stored.
   */
  async add<Payload> (task: Task<Payload>, payload: Payload, options: AddOptions = {}): Promise<string> {
    const [id] = await this.addMany(task, [payload], options)
    return id as string
  }

  /**
   * Adds jobs of one task together. Returns their IDs.
   *
   * @param options The same for all. With a `uniqueKey` only the first is added.
   * @throws APIKIT_ERR_TASK_PAYLOAD when a payload does not match its schema. Nothing is stored.
   */
  async addMany<Payload> (task: Task<Payload>, payloads: readonly Payload[], options: AddOptions = {}): Promise<string[]> {
    const jobs = payloads.map(payload => jobOf(this.#tasks, task, payload, options))
    if (jobs.length === 0) return []
    return this.#engine.add(jobs)
  }

  /**
   * Returns a job, or `undefined` for an unknown ID. With its task, its `result` is parsed and typed, and jobs of other tasks are unknown.
   *
   * ```ts
   * const job = await app.tasks.get(id, report)
   * if (job?.state === 'done') console.log(job.result)
   * ```
   */
  async get<Result = unknown> (id: string, task?: Task<never, Result>): Promise<Job<Result> | undefined> {
    const job = await this.#engine.get(id)
    if (job === undefined || (task !== undefined && job.task !== task.name)) return undefined
    const codec = task?.resultCodec
    return (codec === undefined || job.state !== 'done' ? job : { ...job, result: codec.parse(job.result) }) as Job<Result>
  }

  /**
   * Returns jobs, newest first: all but those that are done or cancelled, unless a state is asked for.
   *
   * @throws APIKIT_ERR_TASK when the filter is invalid
   */
  async list (filter: JobFilter = {}): Promise<Job[]> {
    const { state, task = '', limit = 0, offset = 0 } = filter
    if (state !== undefined && !JOB_STATES.includes(state)) throw new APIKIT_ERR_TASK(`list(): state must be one of ${JOB_STATES.join(', ')}, got ${inspect(state)}`)
    for (const [name, value] of Object.entries({ limit, offset })) {
      if (!Number.isSafeInteger(value) || value < 0) throw new APIKIT_ERR_TASK(`list(): ${name} must be an integer ≥ 0, got ${inspect(value)}`)
    }
    // PostgreSQL cannot be asked for that character, which no name has.
    return task.includes('\0') ? [] : this.#engine.list(filter)
  }

  /** Returns the number of jobs in each state. */
  async counts (): Promise<Readonly<Record<JobState, number>>> {
    return totals(await this.#engine.counts())
  }

  /** Returns the number of jobs by task and state. Registered tasks without jobs are in it, and tasks that are not registered. */
  async countsByTask (): Promise<JobCounts> {
    return { ...Object.fromEntries([...this.#tasks.keys()].map(name => [name, noCounts()])), ...await this.#engine.counts() }
  }

  /** Ends a job that is queued, running or parked. The `signal` of a running one is aborted: in other processes within a second. Returns `false` for others. */
  cancel (id: string): Promise<boolean> {
    return this.#engine.cancel(id)
  }

  /** Queues a job again that has failed, is parked or was cancelled, with its attempts reset. Returns `false` for others. */
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
