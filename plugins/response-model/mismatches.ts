/**
 * Refuses responses that do not match what their route declares, or only reports them, so that a running service can adopt the plugin.
 *
 * @module
 */

import fastJson from '@fastify/fast-json-stringify-compiler'
import type { FastifyInstance } from 'fastify'
import type { Serialize } from './model.ts'

/** The route and status of a response, for Fastify's own serializer. */
export interface Answered {
  readonly method: string
  readonly url: string
  readonly httpStatus: string
  readonly schema: unknown
}

/** What to do with responses of a scope that do not match. */
export class Mismatches {
  readonly #app: FastifyInstance
  readonly #counts: Map<string, number> | undefined
  readonly #strict = new WeakMap<Serialize, Serialize>()

  /** @param counts Number of mismatches by route. Without it, such responses are refused. */
  constructor (app: FastifyInstance, counts?: Map<string, number>) {
    this.#app = app
    this.#counts = counts
  }

  /** If true, they are sent anyway. */
  get isReported (): boolean {
    return this.#counts !== undefined
  }

  /** Counts a response as `GET /users/:id 200`. Throws `error` if it is refused. */
  report (error: unknown, answer: string): void {
    const counts = this.#counts
    if (counts === undefined) throw error
    const count = (counts.get(answer) ?? 0) + 1
    counts.set(answer, count)
    // The first, second, fourth …: a busy route must not fill the log.
    if (Number.isInteger(Math.log2(count))) this.#app.log.warn({ err: error, answer, count }, 'a response does not match what its route declares. It was sent, since the option mismatch of fastify-apikit/response-model is "report"')
  }

  /** Sends a value that does not match as Fastify does without this plugin. */
  serializer (serialize: Serialize, answered: Answered): Serialize {
    const { method, url, httpStatus, schema } = answered
    let plain: Serialize | undefined
    const reporting: Serialize = value => {
      try {
        return serialize(value)
      } catch (error) {
        this.report(error, `${method} ${url} ${httpStatus}`)
      }
      plain ??= fastJson()(this.#app.getSchemas())({ method, url, httpStatus, schema })
      return plain(value)
    }
    this.#strict.set(reporting, serialize)
    return reporting
  }

  /** Returns the throwing variant of a serializer that only reports. */
  strict (serialize: Serialize): Serialize {
    return this.#strict.get(serialize) ?? serialize
  }
}
