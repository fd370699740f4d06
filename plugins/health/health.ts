/**
 * `app.health`: the checks of an app, and what they say.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { addHealthCheck, type Check, type CheckOptions, healthChecks } from '../core/health-checks.ts'
import { APIKIT_ERR_HEALTH } from './errors.ts'
import { EventLoop } from './event-loop.ts'
import type { ParsedOptions } from './options.ts'
import { type CheckResult, Probe } from './probe.ts'

/** Whether an app can answer requests. */
export interface HealthReport {
  /** `draining`: the app is closing, and takes no new requests. */
  readonly status: 'ok' | 'unavailable' | 'draining'
  /** Results by the names of the checks. None while draining. */
  readonly checks: Readonly<Record<string, CheckResult>>
}

const NAME = /^[\w.-]{1,100}$/

/** The checks of an app. */
export class Health {
  readonly #app: FastifyInstance
  readonly #options: ParsedOptions
  readonly #loop: EventLoop | undefined
  #probes: readonly Probe[] | undefined
  #isDraining = false
  #report: Promise<HealthReport> | undefined
  /** When the report was made; it is being made before that. */
  #at = Infinity

  constructor (app: FastifyInstance, options: ParsedOptions) {
    this.#app = app
    this.#options = options
    const { maxEventLoopDelay: most } = options
    if (most === 0) return
    const loop = this.#loop = new EventLoop()
    addHealthCheck(app, 'event-loop', () => {
      const delay = Math.round(loop.delay)
      if (delay > most) throw new Error(`blocked for ${delay} ms, maxEventLoopDelay is ${most}`)
    })
  }

  /**
   * Adds a check, before the app is ready.
   *
   * @param name Letters, digits, `-`, `_` and `.`. Unique in the app.
   * @param check Throws, or rejects, when something does not work. It gets a signal, which is aborted after the timeout.
   * @param options `timeout` in milliseconds, default: the option of the plugin. `critical`: if false, a failure does not make the app unready.
   * @throws APIKIT_ERR_HEALTH when the name or an option is invalid, when there is a check of this name, or when the app is ready.
   * @example
   * ```ts
   * app.health.check('search', signal => fetch('http://search/ping', { signal }), { timeout: 500, critical: false })
   * ```
   */
  check (name: string, check: Check, options: CheckOptions = {}): void {
    const problem = this.#probes !== undefined ? 'the app is ready. Add the check before' : problemOf(name, check, options)
    if (problem !== undefined) throw new APIKIT_ERR_HEALTH(`the check ${JSON.stringify(name)}: ${problem}`)
    if (healthChecks(this.#app).some(one => one.name === name)) throw new APIKIT_ERR_HEALTH(`there is a check ${JSON.stringify(name)} already. Choose another name`)
    addHealthCheck(this.#app, name, check, options)
  }

  /** Runs the checks, or returns results that are not older than the option `cache`. */
  async ready (): Promise<HealthReport> {
    if (this.#isDraining) return { status: 'draining', checks: {} }
    if (this.#report === undefined || performance.now() - this.#at >= this.#options.cache) {
      this.#at = Infinity
      this.#report = this.#run().finally(() => { this.#at = performance.now() })
    }
    const report = await this.#report
    return this.#isDraining ? { status: 'draining', checks: {} } : report
  }

  /** Says from now on that the app takes no new requests. It is called when the app begins to close. */
  drain (): void {
    this.#isDraining = true
  }

  /**
   * Takes all checks that were added. Called when the app is ready.
   *
   * @throws APIKIT_ERR_HEALTH when the option `exclude` has an unknown name.
   */
  begin (): void {
    const { exclude, timeout } = this.#options
    const checks = healthChecks(this.#app)
    const unknown = exclude.filter(name => !checks.some(check => check.name === name))
    if (unknown.length > 0) throw new APIKIT_ERR_HEALTH(`exclude: unknown check ${unknown.map(name => JSON.stringify(name)).join(', ')}. Known: ${checks.map(({ name }) => name).join(', ')}`)
    this.#probes = checks.filter(({ name }) => !exclude.includes(name)).map(check => new Probe(check, timeout, this.#app.log))
  }

  /** Stops what it measures. */
  end (): void {
    this.#loop?.stop()
  }

  async #run (): Promise<HealthReport> {
    const results = await Promise.all((this.#probes ?? []).map(async probe => [probe.name, await probe.run()] as const))
    const isReady = this.#probes !== undefined && results.every(([, { status, critical }]) => status === 'ok' || !critical)
    return { status: isReady ? 'ok' : 'unavailable', checks: Object.fromEntries(results) }
  }
}

function problemOf (name: unknown, check: unknown, options: CheckOptions): string | undefined {
  const { timeout = 1, critical = true, ...others } = options
  const [unknown] = Object.keys(others)
  if (typeof name !== 'string' || !NAME.test(name)) return 'the name must have 1 to 100 letters, digits, -, _ and .'
  if (typeof check !== 'function') return 'expected a function'
  if (unknown !== undefined) return `unknown option "${unknown}". Expected: timeout, critical`
  if (!Number.isInteger(timeout) || timeout < 1) return `timeout must be an integer ≥ 1, got ${JSON.stringify(timeout)}`
  if (typeof critical !== 'boolean') return 'critical must be a boolean'
  return undefined
}
