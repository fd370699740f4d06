/**
 * The engine `inline`: jobs run in this process, and are lost when it ends.
 *
 * @module
 */

import { textOfThrown } from '../core/thrown.ts'
import type { FastifyBaseLogger } from 'fastify'
import type { Engine, Job, JobFilter, JobState, NewJob } from './engine.ts'
import type { Runner } from './runner.ts'
import type { AnyTask } from './task.ts'

/** Maximum number of failed jobs that are kept. */
const MOST_FAILED = 100

class InlineJob implements Job {
  readonly id: string
  readonly task: string
  readonly json: string
  readonly uniqueKey: string | null
  state: JobState = 'queued'
  attempts = 0
  runAt: Date
  error: string | null = null
  timer: NodeJS.Timeout | undefined

  constructor (id: number, { task, payload, runAt, uniqueKey }: NewJob) {
    this.id = String(id)
    this.task = task
    this.json = payload
    this.runAt = runAt
    this.uniqueKey = uniqueKey
  }

  get payload (): unknown {
    return JSON.parse(this.json)
  }
}

export class InlineEngine implements Engine {
  readonly isDurable = false
  readonly #tasks: ReadonlyMap<string, AnyTask>
  readonly #runner: Runner
  readonly #log: FastifyBaseLogger
  readonly #jobs = new Map<string, InlineJob>()
  #count = 0
  #stopped = false

  constructor (tasks: ReadonlyMap<string, AnyTask>, runner: Runner, log: FastifyBaseLogger) {
    this.#tasks = tasks
    this.#runner = runner
    this.#log = log
  }

  async start (): Promise<void> {}

  async add (jobs: readonly NewJob[]): Promise<void> {
    for (const job of jobs) this.run(job)
  }

  /** Adds a job. Resolves after its first attempt. */
  async run (added: NewJob): Promise<void> {
    const { task, uniqueKey, runAt } = added
    const isTaken = uniqueKey !== null && [...this.#jobs.values()].some(job => job.task === task && job.uniqueKey === uniqueKey && job.state !== 'failed')
    if (isTaken) return
    const job = new InlineJob(++this.#count, added)
    this.#jobs.set(job.id, job)
    if (runAt.getTime() > Date.now()) this.#later(job)
    else await this.#attempt(job)
  }

  #later (job: InlineJob): void {
    // A stopped process runs no later attempt.
    if (this.#stopped) return this.#lose(job)
    job.timer = setTimeout(() => { this.#attempt(job) }, Math.max(0, Math.min(job.runAt.getTime() - Date.now(), 2 ** 31 - 1)))
  }

  #lose ({ id, task, json }: InlineJob): void {
    this.#jobs.delete(id)
    this.#log.error({ task, payload: json }, 'a task is lost, because the app closes and the engine "inline" does not store tasks')
  }

  async #attempt (job: InlineJob): Promise<void> {
    if (job.runAt.getTime() > Date.now()) return this.#later(job) // Later than a timer can be.
    const task = this.#tasks.get(job.task) as AnyTask
    job.timer = undefined
    job.state = 'running'
    job.attempts++
    try {
      await this.#runner.track(this.#runner.attempt(task, { payload: job.json, id: null, attempt: job.attempts }))
      this.#jobs.delete(job.id)
    } catch (error) {
      job.error = textOfThrown(error)
      if (job.attempts > task.retries) return this.#fail(job, error)
      this.#log.warn({ err: error, task: job.task, attempt: job.attempts }, 'a task failed and will be tried again')
      job.state = 'queued'
      job.runAt = new Date(Date.now() + task.delayAfter(job.attempts))
      this.#later(job)
    }
  }

  #fail (job: InlineJob, error: unknown): void {
    job.state = 'failed'
    this.#log.error({ err: error, task: job.task, attempt: job.attempts }, 'a task failed')
    const failed = [...this.#jobs.values()].filter(({ state }) => state === 'failed')
    for (const { id } of failed.slice(0, -MOST_FAILED)) this.#jobs.delete(id)
  }

  async list ({ state, limit = 100 }: JobFilter): Promise<Job[]> {
    return [...this.#jobs.values()].filter(job => state === undefined || job.state === state).reverse().slice(0, limit)
      .map(({ id, task, state, payload, attempts, runAt, error }) => ({ id, task, state, payload, attempts, runAt, error }))
  }

  async counts (): Promise<Record<JobState, number>> {
    const counts = { queued: 0, running: 0, failed: 0 }
    for (const { state } of this.#jobs.values()) counts[state]++
    return counts
  }

  async due (): Promise<number> {
    const now = Date.now()
    return [...this.#jobs.values()].filter(({ state, runAt }) => state === 'running' || (state === 'queued' && runAt.getTime() <= now)).length
  }

  async check (): Promise<void> {}

  async retry (id: string): Promise<boolean> {
    const job = this.#jobs.get(id)
    if (job?.state !== 'failed') return false
    job.state = 'queued'
    job.attempts = 0
    job.runAt = new Date()
    this.#attempt(job)
    return true
  }

  async remove (id: string): Promise<boolean> {
    const job = this.#jobs.get(id)
    if (job === undefined || job.state === 'running') return false
    clearTimeout(job.timer)
    return this.#jobs.delete(id)
  }

  async stop (): Promise<void> {
    this.#stopped = true
    for (const job of this.#jobs.values()) {
      if (job.timer === undefined) continue
      clearTimeout(job.timer)
      this.#lose(job)
    }
  }

  async end (): Promise<void> {}
}
