/**
 * `request.tasks`: tasks that a request adds. If it fails, they are not added.
 *
 * @module
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { traceparentOf } from '../core/request/measures.ts'
import { transactionOf } from '../core/request/transaction.ts'
import { makeAfter, type Told } from './after.ts'
import { jobOf, validTraceparent } from './app-tasks.ts'
import { publishAdded } from './channels.ts'
import type { AddOptions, DurableEngine, NewJob } from './engine.ts'
import type { InlineEngine } from './inline.ts'
import { kTold } from './state.ts'
import type { AnyTask, Task } from './task.ts'

/** Jobs of requests without a transaction. */
const pending = new WeakMap<FastifyRequest, NewJob[]>()

/** Tells whether the request succeeded: like its transaction, a status of 400 and above does not. */
export function isDone ({ statusCode }: FastifyReply): boolean {
  return statusCode < 400
}

export class RequestTasks {
  readonly #request: FastifyRequest
  readonly #tasks: ReadonlyMap<string, AnyTask>
  readonly #engine: InlineEngine | DurableEngine

  constructor (request: FastifyRequest, tasks: ReadonlyMap<string, AnyTask>, engine: InlineEngine | DurableEngine) {
    this.#request = request
    this.#tasks = tasks
    this.#engine = engine
  }

  /**
   * Adds a task. Returns the ID of the job. It runs after the response. It is not added when the request fails, or the status is
   * 400 or above. A durable task is part of the request's transaction. Without a transaction it is stored before the response is sent.
   *
   * ```ts
   * const id = await request.tasks.add(welcome, { email: user.email }, { uniqueKey: user.email })
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
    const { id: requestId, headers } = this.#request
    const traceparent = options.traceparent ?? traceparentOf(this.#request) ?? validTraceparent(headers.traceparent)
    const jobs = payloads.map(payload => jobOf(this.#tasks, task, payload, { ...options, ...traceparent !== null && { traceparent } }, requestId))
    if (jobs.length === 0) return []
    const engine = this.#engine
    if (!engine.isDurable) return jobs.map(job => this.#runAfter(engine, job))
    const transaction = transactionOf(this.#request)
    if (transaction === undefined) return Promise.all(jobs.map(job => this.#store(engine, job)))
    return engine.add(jobs, transaction)
  }

  /** Runs a job after the response. Until then it is queued, so that it can be followed. */
  #runAfter (inline: InlineEngine, job: NewJob): string {
    const { id } = inline.hold(job)
    if (id !== job.id) return id
    makeAfter(this.#request).add(reply => {
      if (!isDone(reply)) return inline.drop(id)
      publishAdded([job])
      return inline.begin(id)
    }, () => { inline.drop(id) })
    return id
  }

  /** Stores a job before the response is sent, or at once if it is sent already. */
  async #store (engine: DurableEngine, job: NewJob): Promise<string> {
    const { id, task, uniqueKey } = job
    const stored = uniqueKey === null ? undefined : await engine.holderOf(task, uniqueKey)
    if (stored !== undefined) return stored
    const told = this.#request[kTold]
    // In the body of a stream, behind a hijacked reply, in the background: nothing comes that would store it.
    if (told !== undefined && isDone(told.reply) && (told.isStored === true || told.reply.sent)) return (await engine.add([job]))[0] as string
    const jobs = pending.get(this.#request) ?? []
    const own = jobs.find(other => other.task === task && other.uniqueKey !== null && other.uniqueKey === uniqueKey)
    if (own !== undefined) return own.id
    pending.set(this.#request, jobs)
    jobs.push(job)
    return id
  }

  /** Drops the tasks: the request has failed. */
  static discard (request: FastifyRequest): void {
    pending.delete(request)
  }

  /** Stores the tasks of a request without a transaction. */
  static async store (request: FastifyRequest, engine: DurableEngine): Promise<void> {
    const told = request[kTold]
    if (told !== undefined) told.isStored = true
    const jobs = pending.get(request)
    if (jobs === undefined) return
    pending.delete(request)
    await engine.add(jobs)
  }

  /** Stores the tasks of a hijacked reply, for which `onSend` is not called. */
  static storeHijacked (request: FastifyRequest, { reply, runner }: Told, engine: DurableEngine): void {
    if (!pending.has(request) || !isDone(reply)) return
    runner.track(RequestTasks.store(request, engine).catch((error: unknown) => {
      request.log.error({ err: error }, 'tasks of a hijacked reply could not be stored')
    }))
  }
}
