/**
 * Load on a server that runs in another process.
 *
 * @module
 */

import type { ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { ask, start, type StartOptions, stop } from './child.ts'
import { CONNECTIONS, type Load } from './wire.ts'

/** The part of autocannon that is used. */
type Autocannon = (options: object) => Promise<{ readonly requests: { readonly total: number }, readonly duration: number, readonly errors: number, readonly statusCodeStats: Readonly<Record<string, unknown>> }>

const autocannon: Autocannon = createRequire(import.meta.url)('autocannon')

/** What a server has done under load. */
export interface Work {
  readonly requests: number
  readonly seconds: number
  /** Microseconds of its CPU time. */
  readonly cpu: number
}

/** A running variant. */
export class Server {
  readonly port: number
  readonly #child: ChildProcess
  readonly #origin: string

  private constructor (child: ChildProcess, port: number) {
    this.port = port
    this.#child = child
    this.#origin = `http://127.0.0.1:${port}`
  }

  static async start (module: string, options: StartOptions = {}): Promise<Server> {
    const { child, message } = await start<number>(join(import.meta.dirname, 'served.ts'), [module], options)
    return new Server(child, message)
  }

  /** One answer, as a client sees it. */
  async answer ({ path, method = 'GET', headers = {}, body }: Load): Promise<{ status: number, body: unknown }> {
    const response = await fetch(this.#origin + path, { method, headers, ...body === undefined ? {} : { body } })
    const text = await response.text()
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, body: isJson ? JSON.parse(text) : text }
  }

  /** Microseconds of its CPU time so far. */
  async cpu (): Promise<number> {
    return await ask<number>(this.#child, 'cpu')
  }

  /** @param seconds how long */
  async load ({ path, method = 'GET', headers = {}, body, status }: Load, seconds: number): Promise<Work> {
    const before = await this.cpu()
    const began = performance.now()
    const { requests, errors, statusCodeStats } = await autocannon({
      url: this.#origin + path, method, headers, body, connections: CONNECTIONS, duration: seconds
    })
    const took = (performance.now() - began) / 1000
    const cpu = await this.cpu() - before
    if (errors > 0 || Object.keys(statusCodeStats).join() !== String(status)) {
      throw new Error(`${path}: ${errors} errors, statuses ${Object.keys(statusCodeStats).join()} instead of ${status}`)
    }
    return { requests: requests.total, seconds: took, cpu }
  }

  async stop (): Promise<void> {
    await stop(this.#child)
  }
}
