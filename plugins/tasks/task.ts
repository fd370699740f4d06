/**
 * Declares tasks: name, payload, retries and work.
 *
 * @module
 */

import type { Static, TSchema, TUnsafe } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { parseOptions } from '../core/options.ts'
import { PayloadCodec } from './payload.ts'

/** Second argument of the work. */
export interface TaskContext {
  readonly app: FastifyInstance
  /** A logger with the name of the task. */
  readonly log: FastifyBaseLogger
  /** ID of the job. `null` in the engine `inline`. */
  readonly id: string | null
  /** Number of the attempt, starting at 1. */
  readonly attempt: number
  /** Aborted at the timeout, and when the process stops. Pass it to `fetch` and the like. */
  readonly signal: AbortSignal
}

/** Wait before the next attempt. It doubles each time. */
export interface Backoff {
  /** Milliseconds before the second attempt. */
  readonly initial?: number
  /** Maximum, in milliseconds. */
  readonly max?: number
}

/** A schedule. */
export interface Schedule<Payload = unknown> {
  /** Cron expression with five fields. `0 3 * * *` is each night at three. */
  readonly cron: string
  /** Time zone, such as `Europe/Berlin`. Default: `UTC`. */
  readonly timezone?: string
  /** Payload of scheduled jobs. Default: `{}`. */
  readonly payload?: Payload
}

export interface TaskOptions<S extends TSchema> {
  /** Schema of the payload. It is stored as JSON, and domain types are restored for the work. Without a schema the payload is `{}`. */
  readonly payload?: S
  /** Number of further attempts after an error. Default: 0. */
  readonly retries?: number
  /** Wait between attempts. Default: `{ initial: 1000, max: 3_600_000 }` (milliseconds). */
  readonly backoff?: Backoff
  /** Maximum milliseconds of one attempt. Default: none. */
  readonly timeout?: number
  readonly schedule?: Schedule<Static<S>>
}

/** The work. Its result is not kept. */
export type Work<Payload> = (payload: Payload, context: TaskContext) => unknown

const Options = Type.Object({
  payload: Type.Optional(Type.Any()),
  retries: Type.Integer({ default: 0, minimum: 0, maximum: 1000 }),
  backoff: Type.Object({ initial: Type.Integer({ default: 1000, minimum: 0 }), max: Type.Integer({ default: 3_600_000, minimum: 0 }) }, { default: {}, additionalProperties: false }),
  timeout: Type.Optional(Type.Integer({ minimum: 1 })),
  schedule: Type.Optional(Type.Object({
    cron: Type.String({ minLength: 1 }), timezone: Type.String({ default: 'UTC' }), payload: Type.Optional(Type.Any())
  }, { additionalProperties: false }))
}, { additionalProperties: false })

const NOTHING = Type.Object({})

/** A task that can be added, made by `task()`. */
export class Task<Payload = never> {
  readonly name: string
  readonly retries: number
  readonly backoff: Required<Backoff>
  readonly timeout: number | undefined
  readonly schedule: Required<Schedule> | undefined
  readonly codec: PayloadCodec
  readonly #work: (payload: never, context: TaskContext) => unknown
  /** Only a type: the payload of `add`. */
  declare readonly payload: (payload: Payload) => void

  constructor (name: string, options: TaskOptions<TSchema>, work: (payload: never, context: TaskContext) => unknown) {
    const { retries, backoff, timeout, schedule } = parseOptions(`fastify-apikit/tasks: task ${JSON.stringify(name)}`, Options, options)
    this.name = name
    this.retries = retries
    this.backoff = backoff
    this.timeout = timeout
    this.schedule = schedule && { ...schedule, payload: schedule.payload ?? {} }
    this.codec = new PayloadCodec(name, options.payload ?? NOTHING)
    this.#work = work
  }

  /** Runs the work once. */
  async run (json: string, context: TaskContext): Promise<void> {
    await this.#work(this.codec.decode(json) as never, context)
  }

  /** Milliseconds to wait after so many failed attempts. */
  delayAfter (failures: number): number {
    const { initial, max } = this.backoff
    return Math.min(initial * 2 ** (failures - 1), max)
  }
}

/** A task with any payload. */
export type AnyTask = Task<never>

/**
 * Declares a task.
 *
 * ```ts
 * export const welcome = task('welcome', { payload: Type.Object({ email: Type.String() }), retries: 3 },
 *   async ({ email }, { signal }) => { await send(email, { signal }) })
 *
 * await request.tasks.add(welcome, { email })
 * ```
 *
 * A durable task runs at least once: again, if its process dies before the result is stored.
 *
 * @param name Name in the queue, at most 100 letters, digits, `-`, `_` and `.`.
 * @throws APIKIT_ERR_INVALID_OPTIONS when an option is unknown or invalid.
 * @throws APIKIT_ERR_TASK when the schema of the payload is invalid.
 * @see https://fastapi.tiangolo.com/tutorial/background-tasks/
 */
export function task<S extends TSchema = TUnsafe<{}>> (name: string, options: TaskOptions<S>, work: Work<Static<S>>): Task<Static<S>> {
  return new Task<Static<S>>(name, options, work)
}
