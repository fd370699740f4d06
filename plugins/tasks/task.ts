/**
 * Declares tasks: name, payload, retries and work.
 *
 * @module
 */

import type { Static, TSchema, TUnknown, TUnsafe } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { parseOptions } from '../core/options.ts'
import { APIKIT_ERR_TASK, APIKIT_ERR_TASK_PAYLOAD } from './errors.ts'
import { ValueCodec } from './payload.ts'
import { LONGEST_TIMER } from './timers.ts'

/** Second argument of the work. */
export interface TaskContext {
  readonly app: FastifyInstance
  /** A logger whose lines have `task`, `jobId`, `attempt`, and `reqId` and `traceparent` of the request that has added the job. */
  readonly log: FastifyBaseLogger
  /** ID of the job. */
  readonly id: string
  /** Number of the attempt, starting at 1. */
  readonly attempt: number
  /** Aborted at the timeout, and when the process stops. Pass it to `fetch` and the like. */
  readonly signal: AbortSignal
  /** ID of the request that has added the job. */
  readonly requestId: string | null
  /** W3C trace context of the request that has added the job. */
  readonly traceparent: string | null
  /**
   * Stores how far the work is, for `get(id)`. If calls follow fast, only the last is stored.
   *
   * @param value Any number, such as a percentage.
   */
  progress (value: number): Promise<void>
}

/** Argument of `onFailed`. */
export interface Failure {
  /** What the last attempt threw. */
  readonly error: unknown
  readonly id: string
  /** As JSON. */
  readonly payload: unknown
  readonly app: FastifyInstance
  readonly log: FastifyBaseLogger
}

/** At most `max` starts in `per` milliseconds. */
export interface RateLimit {
  readonly max: number
  /** Milliseconds. */
  readonly per: number
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

export interface TaskOptions<S extends TSchema, R extends TSchema = TUnknown> {
  /** Schema of the payload. It is stored as JSON, and domain types are restored for the work. Without a schema the payload is `{}`. */
  readonly payload?: S
  /** Number of further attempts after an error. Default: 0. */
  readonly retries?: number
  /** Wait between attempts. Default: `{ initial: 1000, max: 3_600_000 }` (milliseconds). */
  readonly backoff?: Backoff
  /** Maximum milliseconds of one attempt. Default: none. */
  readonly timeout?: number
  readonly schedule?: Schedule<Static<S>>
  /** Schema of the result, which is stored for `get(id)`. Without it the result is not kept. */
  readonly result?: R
  /** Priority of its jobs. Those with a higher number run first. Default: 0. */
  readonly priority?: number
  /** Maximum number of its jobs that run at once in this process. Default: only the `concurrency` of the plugin. */
  readonly concurrency?: number
  /** Maximum number of its attempts that start in a time in this process. Default: none. */
  readonly rateLimit?: RateLimit
  /** Version of the payload. Raise it when the schema changes. Default: 1. */
  readonly version?: number
  /** Turns the JSON of an older version into that of this one. Without it, older payloads must match the schema, or they are parked. */
  readonly upgrade?: (payload: unknown, version: number) => unknown
  /** Called when a job has failed for good, in the process that ran it. */
  readonly onFailed?: (failure: Failure) => unknown
}

/** The work. What it returns is the result, if the task declares one. */
export type Work<Payload, Result = unknown> = (payload: Payload, context: TaskContext) => Result | Promise<Result>

const Priority = Type.Integer({ minimum: -(2 ** 31), maximum: 2 ** 31 - 1 })

const Options = Type.Object({
  payload: Type.Optional(Type.Any()),
  retries: Type.Integer({ default: 0, minimum: 0, maximum: 1000 }),
  backoff: Type.Object({ initial: Type.Integer({ default: 1000, minimum: 0 }), max: Type.Integer({ default: 3_600_000, minimum: 0 }) }, { default: {}, additionalProperties: false }),
  timeout: Type.Optional(Type.Integer({ minimum: 1, maximum: LONGEST_TIMER })),
  schedule: Type.Optional(Type.Object({
    cron: Type.String({ minLength: 1 }), timezone: Type.String({ default: 'UTC' }), payload: Type.Optional(Type.Any())
  }, { additionalProperties: false })),
  result: Type.Optional(Type.Any()),
  priority: Type.Integer({ ...Priority, default: 0 }),
  concurrency: Type.Optional(Type.Integer({ minimum: 1 })),
  rateLimit: Type.Optional(Type.Object({ max: Type.Integer({ minimum: 1 }), per: Type.Integer({ minimum: 1 }) }, { additionalProperties: false })),
  version: Type.Integer({ default: 1, minimum: 1, maximum: 2 ** 31 - 1 }),
  upgrade: Type.Optional(Type.Any()),
  onFailed: Type.Optional(Type.Any())
}, { additionalProperties: false })

const NOTHING = Type.Object({})

/** A task that can be added, made by `task()`. */
export class Task<Payload = never, Result = unknown> {
  readonly name: string
  readonly retries: number
  readonly backoff: Required<Backoff>
  readonly timeout: number | undefined
  readonly schedule: Required<Schedule> | undefined
  readonly priority: number
  readonly concurrency: number | undefined
  readonly rateLimit: RateLimit | undefined
  readonly version: number
  readonly codec: ValueCodec
  /** Writes and reads results, if the task declares them. */
  readonly resultCodec: ValueCodec | undefined
  /** Schema of the result. */
  readonly resultSchema: TSchema | undefined
  readonly onFailed: ((failure: Failure) => unknown) | undefined
  readonly #upgrade: ((payload: unknown, version: number) => unknown) | undefined
  readonly #work: (payload: never, context: TaskContext) => unknown
  /** Only a type: the payload of `add`. */
  declare readonly payload: (payload: Payload) => void
  /** Only a type: the result of `get`. */
  declare readonly result: Result

  constructor (name: string, options: TaskOptions<TSchema, TSchema>, work: (payload: never, context: TaskContext) => unknown) {
    const { schedule, ...parsed } = parseOptions(`fastify-apikit/tasks: task ${JSON.stringify(name)}`, Options, options)
    this.name = name
    this.retries = parsed.retries
    this.backoff = parsed.backoff
    this.timeout = parsed.timeout
    this.schedule = schedule && { ...schedule, payload: schedule.payload ?? {} }
    this.priority = parsed.priority
    this.concurrency = parsed.concurrency
    this.rateLimit = parsed.rateLimit
    this.version = parsed.version
    this.codec = new ValueCodec(name, options.payload ?? NOTHING, 'payload')
    this.resultSchema = options.result
    this.resultCodec = options.result && new ValueCodec(name, options.result, 'result')
    this.onFailed = options.onFailed
    for (const key of ['upgrade', 'onFailed'] as const) {
      if (options[key] !== undefined && typeof options[key] !== 'function') throw new APIKIT_ERR_TASK(`${name}: ${key} must be a function`)
    }
    this.#upgrade = options.upgrade
    this.#work = work
  }

  /**
   * Reads a stored payload, and upgrades one of an older version.
   *
   * @throws APIKIT_ERR_TASK_PAYLOAD when it does not match the schema.
   */
  read (json: string, version: number): unknown {
    const payload: unknown = JSON.parse(json)
    if (version >= this.version || this.#upgrade === undefined) return this.codec.parse(payload)
    const upgraded = this.#upgrade(payload, version)
    if (upgraded instanceof Promise) {
      upgraded.catch(() => {}) // or its rejection would end the process
      throw new APIKIT_ERR_TASK_PAYLOAD(this.name, 'upgrade must return the payload, got a promise')
    }
    return this.codec.parse(upgraded)
  }

  /** Runs the work once. Returns the result as JSON, if the task declares one. */
  async run (payload: unknown, context: TaskContext): Promise<string | null> {
    const result = await this.#work(payload as never, context)
    return this.resultCodec === undefined ? null : this.resultCodec.encode(result)
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
 * const id = await request.tasks.add(welcome, { email })
 * ```
 *
 * A durable task runs at least once: again, if its process dies before the result is stored.
 *
 * @param name Name in the queue, at most 100 letters, digits, `-`, `_` and `.`.
 * @throws APIKIT_ERR_INVALID_OPTIONS when an option is unknown or invalid.
 * @throws APIKIT_ERR_TASK when the schema of the payload or the result is invalid.
 * @see https://fastapi.tiangolo.com/tutorial/background-tasks/
 */
export function task<S extends TSchema = TUnsafe<{}>, R extends TSchema = TUnknown> (name: string, options: TaskOptions<S, R>, work: Work<Static<S>, Static<R>>): Task<Static<S>, Static<R>> {
  return new Task<Static<S>, Static<R>>(name, options, work)
}
