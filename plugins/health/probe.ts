/**
 * Runs one check.
 *
 * @module
 */

import type { FastifyBaseLogger } from 'fastify'
import type { HealthCheck } from '../core/health-checks.ts'
import { toError } from '../core/thrown.ts'

/** Result of one check. */
export interface CheckResult {
  readonly status: 'ok' | 'failed'
  /** If false, the app is ready all the same. */
  readonly critical: boolean
  /** Milliseconds. */
  readonly duration: number
  /** Message of the error. */
  readonly error?: string
}

/** A check, and whether it is running. */
export class Probe {
  readonly name: string
  readonly #check: HealthCheck
  readonly #timeout: number
  readonly #log: FastifyBaseLogger
  /** A run that ignores its signal. It must end before the next one begins, or they would pile up. */
  #isRunning = false
  #hasFailed = false

  constructor (check: HealthCheck, timeout: number, log: FastifyBaseLogger) {
    this.name = check.name
    this.#check = check
    this.#timeout = check.timeout ?? timeout
    this.#log = log
  }

  async run (): Promise<CheckResult> {
    const { critical = true } = this.#check
    const begun = performance.now()
    const failure = await this.#attempt().then(() => undefined, (error: unknown) => ({ error }))
    this.#tell(failure)
    const duration = Math.round(performance.now() - begun)
    return failure === undefined ? { status: 'ok', critical, duration } : { status: 'failed', critical, duration, error: toError(failure.error).message }
  }

  async #attempt (): Promise<void> {
    if (this.#isRunning) throw new Error('the run before has not ended')
    this.#isRunning = true
    const over = new AbortController()
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      const error = new Error(`no result after ${this.#timeout} ms`)
      over.abort(error)
      reject(error)
    }, this.#timeout)
    try {
      await Promise.race([this.#work(over.signal), late])
    } finally {
      clearTimeout(timer)
    }
  }

  async #work (signal: AbortSignal): Promise<void> {
    try {
      await this.#check.check(signal)
    } finally {
      this.#isRunning = false
    }
  }

  /** Logs a change. Clients are told the status only. */
  #tell (failure: { readonly error: unknown } | undefined): void {
    const { name: check } = this
    if (failure !== undefined && !this.#hasFailed) this.#log.warn({ err: failure.error, check }, 'a health check fails')
    if (failure === undefined && this.#hasFailed) this.#log.info({ check }, 'a health check succeeds again')
    this.#hasFailed = failure !== undefined
  }
}
