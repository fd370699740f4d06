/**
 * `request.tasks`: tasks that a request adds, and that are not added when it fails.
 *
 * @module
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { transactionOf } from '../core/request/transaction.ts'
import { makeAfter } from './after.ts'
import { jobOf } from './app-tasks.ts'
import type { AddOptions, Engine, NewJob } from './engine.ts'
import type { InlineEngine } from './inline.ts'
import type { AnyTask, Task } from './task.ts'

/** Jobs of requests without a transaction. */
const pending = new WeakMap<FastifyRequest, NewJob[]>()

/** Whether what a request has done holds: as for its transaction, an answer of 400 and above says that it does not. */
export function isDone ({ statusCode }: FastifyReply): boolean {
  return statusCode < 400
}

export class RequestTasks {
  readonly #request: FastifyRequest
  readonly #tasks: ReadonlyMap<string, AnyTask>
  readonly #engine: Engine
  readonly #inline: InlineEngine | undefined

  constructor (request: FastifyRequest, tasks: ReadonlyMap<string, AnyTask>, engine: Engine, inline: InlineEngine | undefined) {
    this.#request = request
    this.#tasks = tasks
    this.#engine = engine
    this.#inline = inline
  }

  /**
   * Adds a task. It runs once the response is sent; it is not added when the request fails, or is answered with a status
   * of 400 and above. A durable one is part of the request's transaction; without a transaction it is stored before the
   * response leaves.
   *
   * ```ts
   * await request.tasks.add(welcome, { email: user.email }, { uniqueKey: user.email })
   * ```
   *
   * @throws APIKIT_ERR_TASK_PAYLOAD for a payload that does not fit; nothing is stored then
   */
  async add<Payload> (task: Task<Payload>, payload: Payload, options: AddOptions = {}): Promise<void> {
    const job = jobOf(this.#tasks, task, payload, options)
    const inline = this.#inline
    if (inline !== undefined) {
      makeAfter(this.#request).add(reply => isDone(reply) ? inline.run(job) : undefined)
      return
    }
    const transaction = transactionOf(this.#request)
    if (transaction !== undefined) return this.#engine.add([job], transaction)
    const jobs = pending.get(this.#request)
    if (jobs === undefined) pending.set(this.#request, [job])
    else jobs.push(job)
  }

  /** The request has failed. */
  static discard (request: FastifyRequest): void {
    pending.delete(request)
  }

  /** Stores what a request without a transaction has added. */
  static async store (request: FastifyRequest, engine: Engine): Promise<void> {
    const jobs = pending.get(request)
    if (jobs === undefined) return
    pending.delete(request)
    await engine.add(jobs)
  }
}
