/**
 * A task: a name, what it is given, how often it is tried, and the work.
 *
 * @module
 */

import type { Static, TSchema, TUnsafe } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { parseOptions } from '../core/options.ts'
import { PayloadCodec } from './payload.ts'

/** What the work gets beside its payload. */
export interface TaskContext {
  readonly app: FastifyInstance
  /** A logger that names the task. */
  readonly log: FastifyBaseLogger
  /** Of the job; `null` in the engine `inline`. */
  readonly id: string | null
  /** 1 for the first. */
  readonly attempt: number
  /** Aborted when the time is up, and when the process has to end: hand it on to `fetch` and the like. */
  readonly signal: AbortSignal
}

/** The wait before a task is tried again: it doubles from attempt to attempt. */
export interface Backoff {
  /** Milliseconds before the second attempt. */
  readonly initial?: number
  /** Milliseconds at most. */
  readonly max?: number
}

/** When a task runs by itself. */
export interface Schedule<Payload = unknown> {
  /** A cron expression of five fields: `0 3 * * *` is each night at three. */
  readonly cron: string
  /** The time zone that it is meant in: `Europe/Berlin`; `UTC` by default. */
  readonly timezone?: string
  /** `{}` by default. */
  readonly payload?: Payload
}

export interface TaskOptions<S extends TSchema> {
  /** What it is given: in JSON on the way, domain types and all in the work. Without a schema a task takes nothing, `{}`. */
  readonly payload?: S
  /** How often it is tried again after it has thrown; 0 by default. */
  readonly retries?: number
  /** Second to last: `{ initial: 1000, max: 3_600_000 }` by default. */
  readonly backoff?: Backoff
  /** Milliseconds that one attempt may take; none by default. */
  readonly timeout?: number
  readonly schedule?: Schedule<Static<S>>
}

/** The work. What it returns is not kept. */
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

/** A task that can be added. Made by `task`. */
export class Task<Payload = never> {
  readonly name: string
  readonly retries: number
  readonly backoff: Required<Backoff>
  readonly timeout: number | undefined
  readonly schedule: Required<Schedule> | undefined
  readonly codec: PayloadCodec
  readonly #work: (payload: never, context: TaskContext) => unknown
  /** Only a type: what `add` takes. */
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

  /** Milliseconds to wait after so many attempts have failed. */
  delayAfter (failures: number): number {
    const { initial, max } = this.backoff
    return Math.min(initial * 2 ** (failures - 1), max)
  }
}

/** A task of whatever payload. */
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
 * A durable task runs at least once: it may run again when its process dies before that is noted.
 *
 * @param name stands in the queue; of letters, digits, `-`, `_` and `.`
 * @throws APIKIT_ERR_INVALID_OPTIONS
 * @throws APIKIT_ERR_TASK when the payload's schema cannot be understood
 * @see https://fastapi.tiangolo.com/tutorial/background-tasks/
 */
export function task<S extends TSchema = TUnsafe<{}>> (name: string, options: TaskOptions<S>, work: Work<Static<S>>): Task<Static<S>> {
  return new Task<Static<S>>(name, options, work)
}
