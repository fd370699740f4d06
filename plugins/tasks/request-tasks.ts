/**
 * `request.tasks`: tasks that a request adds. If it fails, they are not added.
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

/** Tells whether the request succeeded: like its transaction, a status of 400 and above does not. */
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
   * Adds a task. It runs after the response. It is not added when the request fails, or the status is 400 or above. A durable
   * task is part of the request's transaction. Without a transaction it is stored before the response is sent.
   *
   * ```ts
   * await request.tasks.add(welcome, { email: user.email }, { uniqueKey: user.email })
   * ```
   *
   * @throws APIKIT_ERR_TASK_PAYLOAD when the payload does not match its schema. Nothing is stored.
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

  /** Drops the tasks: the request has failed. */
  static discard (request: FastifyRequest): void {
    pending.delete(request)
  }

  /** Stores the tasks of a request without a transaction. */
  static async store (request: FastifyRequest, engine: Engine): Promise<void> {
    const jobs = pending.get(request)
    if (jobs === undefined) return
    pending.delete(request)
    await engine.add(jobs)
  }
}
