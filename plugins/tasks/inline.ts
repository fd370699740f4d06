/**
 * The engine `inline`: jobs run in this process, and are lost when it ends.
 *
 * @module
 */

import { Attempts, type Ending } from './attempt.ts'
import { publishAdded } from './channels.ts'
import type { Retention } from './durable.ts'
import { type Engine, type Job, type JobCounts, type JobFilter, type JobState, type NewJob, noCounts, OPEN_STATES } from './engine.ts'
import { APIKIT_ERR_TASK_CANCELLED } from './errors.ts'
import { InlineJob } from './inline-job.ts'
import { Limits } from './limits.ts'
import type { Runner } from './runner.ts'
import type { AnyTask } from './task.ts'
import { LONGEST_TIMER } from './timers.ts'

/** Maximum number of jobs that are kept when they are over. */
const MOST_FAILED = 100
const MOST_DONE = 1000

export class InlineEngine implements Engine {
  readonly isDurable = false
  readonly #tasks: ReadonlyMap<string, AnyTask>
  readonly #runner: Runner
  readonly #attempts: Attempts
  readonly #limits: Limits
  readonly #retention: Retention
  readonly #jobs = new Map<string, InlineJob>()
  /** Due, and kept back by a limit of their task. The first runs first. */
  #waiting: InlineJob[] = []
  #again: NodeJS.Timeout | undefined
  #stopped = false

  constructor (tasks: ReadonlyMap<string, AnyTask>, runner: Runner, retention: Retention) {
    this.#tasks = tasks
    this.#runner = runner
    this.#attempts = new Attempts(tasks, runner)
    this.#limits = new Limits(tasks.values())
    this.#retention = retention
  }

  async start (): Promise<void> {}

  async add (jobs: readonly NewJob[]): Promise<string[]> {
    return jobs.map(added => {
      const job = this.hold(added)
      if (job.id === added.id) {
        publishAdded([added])
        this.begin(added.id)
      }
      return job.id
    })
  }

  /** Queues a job that `begin` will run. Returns the one that has its key, if there is one. */
  hold (added: NewJob): { readonly id: string } {
    const holder = this.#holderOf(added.task, added.uniqueKey)
    if (holder !== undefined) return holder
    const job = new InlineJob(added)
    this.#jobs.set(job.id, job)
    return job
  }

  /** Runs a job that is held as soon as it may. Resolves after its first attempt. */
  async begin (id: string): Promise<void> {
    const job = this.#jobs.get(id)
    // It was cancelled.
    if (job?.state !== 'queued') return
    if (job.runAt.getTime() > Date.now()) return this.#later(job)
    this.#due(job)
    await job.tried.promise
  }

  /** Forgets a job that is held. */
  drop (id: string): void {
    this.#jobs.delete(id)
  }

  #holderOf (task: string, uniqueKey: string | null): InlineJob | undefined {
    return uniqueKey === null ? undefined : [...this.#jobs.values()].find(job => job.task === task && job.uniqueKey === uniqueKey)
  }

  #later (job: InlineJob): void {
    // A stopped process runs no later attempt.
    if (this.#stopped) return this.#lose(job)
    job.timer = setTimeout(() => {
      job.timer = undefined
      if (job.runAt.getTime() > Date.now()) this.#later(job) // Later than a timer can be.
      else this.#due(job)
    }, Math.max(0, Math.min(job.runAt.getTime() - Date.now(), LONGEST_TIMER)))
  }

  #lose ({ id, task, json, tried }: InlineJob): void {
    this.#jobs.delete(id)
    tried.resolve()
    this.#runner.log.error({ task, jobId: id, payload: json }, 'a task is lost, because the app closes and the engine "inline" does not store tasks')
  }

  #due (job: InlineJob): void {
    const after = this.#waiting.findIndex(({ priority }) => priority < job.priority)
    this.#waiting.splice(after < 0 ? this.#waiting.length : after, 0, job)
    this.#startAll()
  }

  /** Starts all jobs that the limits of their tasks allow. */
  #startAll (): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const job of waiting) {
      if (this.#limits.room(job.task) > 0) this.#runner.track(this.#attempt(job))
      else this.#waiting.push(job)
    }
    if (this.#waiting.length === 0 || this.#stopped) return
    this.#again ??= this.#limits.wake(() => {
      this.#again = undefined
      this.#startAll()
    })
  }

  async #attempt (job: InlineJob): Promise<void> {
    const { id, task, json: payload, version, failures, runAt, requestId, traceparent } = job
    job.state = 'running'
    job.startedAt = new Date()
    job.attempts++
    const over = job.over = new AbortController()
    this.#limits.take(task)
    const running = this.#attempts.run({ id, task, payload, version, attempts: job.attempts, failures, runAt, requestId, traceparent }, over, async value => { job.progress = value })
    this.#limits.start(task)
    const ending = await running
    this.#limits.give(task)
    this.#end(job, ending)
    job.tried.resolve()
    this.#startAll()
  }

  #end (job: InlineJob, ending: Ending): void {
    job.over = undefined
    if (ending.state === 'queued') {
      const { failures, error, delay } = ending
      Object.assign(job, { state: 'queued', failures, error, runAt: new Date(Date.now() + delay) })
      return this.#later(job)
    }
    Object.assign(job, ending, { endedAt: new Date(), uniqueKey: null }, ending.state === 'done' && { error: null })
    this.#sweep()
  }

  /** Forgets jobs that are over and were kept long enough. */
  #sweep (): void {
    const over = (states: readonly JobState[], most: number, retention: number | null): void => {
      const jobs = [...this.#jobs.values()].filter(({ state }) => states.includes(state))
      const before = retention === null ? -Infinity : Date.now() - retention
      for (const [index, { id, endedAt }] of jobs.entries()) if (index < jobs.length - most || Number(endedAt) < before) this.#jobs.delete(id)
    }
    over(['done', 'cancelled'], MOST_DONE, this.#retention.done)
    over(['failed', 'parked'], MOST_FAILED, this.#retention.failed)
  }

  async get (id: string): Promise<Job | undefined> {
    return this.#jobs.get(id)?.toJob()
  }

  async list ({ state, task, limit = 100, offset = 0 }: JobFilter): Promise<Job[]> {
    const states = state === undefined ? OPEN_STATES : [state]
    return [...this.#jobs.values()].filter(job => states.includes(job.state) && (task === undefined || job.task === task)).reverse()
      .slice(offset, offset + limit).map(job => job.toJob())
  }

  async counts (): Promise<JobCounts> {
    const counts: Record<string, Record<JobState, number>> = {}
    for (const { task, state } of this.#jobs.values()) (counts[task] ??= noCounts())[state]++
    return counts
  }

  async due (): Promise<number> {
    const now = Date.now()
    return [...this.#jobs.values()].filter(({ state, runAt }) => state === 'running' || (state === 'queued' && runAt.getTime() <= now)).length
  }

  async check (): Promise<void> {}

  async cancel (id: string): Promise<boolean> {
    const job = this.#jobs.get(id)
    if (job === undefined || !['queued', 'running'].includes(job.state)) return false
    this.#take(job)
    if (job.over !== undefined) job.over.abort(new APIKIT_ERR_TASK_CANCELLED(job.task))
    Object.assign(job, { state: 'cancelled', endedAt: new Date(), uniqueKey: null })
    job.tried.resolve()
    return true
  }

  async retry (id: string): Promise<boolean> {
    const job = this.#jobs.get(id)
    if (job === undefined || !['failed', 'cancelled'].includes(job.state)) return false
    Object.assign(job, { state: 'queued', attempts: 0, failures: 0, runAt: new Date(), endedAt: null, progress: null })
    this.#due(job)
    return true
  }

  async remove (id: string): Promise<boolean> {
    const job = this.#jobs.get(id)
    if (job === undefined || job.state === 'running') return false
    this.#take(job)
    return this.#jobs.delete(id)
  }

  /** Takes a job out of those that will run. */
  #take (job: InlineJob): void {
    clearTimeout(job.timer)
    job.timer = undefined
    this.#waiting = this.#waiting.filter(other => other !== job)
  }

  async stop (): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#again)
    for (const job of this.#jobs.values()) {
      if (job.state !== 'queued') continue
      this.#take(job)
      this.#lose(job)
    }
  }

  async end (): Promise<void> {}
}
