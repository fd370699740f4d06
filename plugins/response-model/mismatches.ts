/**
 * Answers that do not fit what their route declares: refused, or only reported, so that the plugin can be adopted in a
 * service that is running.
 *
 * @module
 */

import fastJson from '@fastify/fast-json-stringify-compiler'
import type { FastifyInstance } from 'fastify'
import type { Serialize } from './model.ts'

/** Where an answer belongs, for Fastify's own serializer. */
export interface Answered {
  readonly method: string
  readonly url: string
  readonly httpStatus: string
  readonly schema: unknown
}

/** What is done with answers of a scope that do not fit. */
export class Mismatches {
  readonly #app: FastifyInstance
  readonly #counts: Map<string, number> | undefined
  readonly #strict = new WeakMap<Serialize, Serialize>()

  /** @param counts how often each route has answered what it does not declare; without them such answers are refused */
  constructor (app: FastifyInstance, counts?: Map<string, number>) {
    this.#app = app
    this.#counts = counts
  }

  /** Whether they are sent all the same. */
  get isReported (): boolean {
    return this.#counts !== undefined
  }

  /** Counts an answer, as `GET /users/:id 200`; throws `error` where it is refused. */
  report (error: unknown, answer: string): void {
    const counts = this.#counts
    if (counts === undefined) throw error
    const count = (counts.get(answer) ?? 0) + 1
    counts.set(answer, count)
    // The first, the second, the fourth …: a busy route must not fill the log.
    if (Number.isInteger(Math.log2(count))) this.#app.log.warn({ err: error, answer, count }, 'an answer does not fit what its route declares; it was sent, since the option mismatch of fastify-apikit/response-model is "report"')
  }

  /** Sends a value that does not fit as Fastify does without this plugin. */
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

  /** The serializer that throws, of one that only reports. */
  strict (serialize: Serialize): Serialize {
    return this.#strict.get(serialize) ?? serialize
  }
}
