/**
 * Writes the responses of a route: finds the model by status and content type, sets the type, and refuses undeclared responses. It
 * is set as the serializer of the reply before the handler runs, so a handler can replace it. Fastify calls it as a method of the
 * reply.
 *
 * @module
 */

import { errorCodes, type FastifyReply } from 'fastify'
import type { Closing } from './closing.ts'
import type { Serialize } from './model.ts'
import { type Declared, modelKey } from './declared.ts'

const JSON_TYPE = 'application/json'

export class RouteWriter {
  /** Models of statuses that have one for all content types. */
  readonly #byStatus = new Map<number, Serialize>()
  readonly #declared: Declared
  readonly #models: ReadonlyMap<string, Serialize>
  readonly #closing: Closing | undefined
  readonly write: (this: FastifyReply, payload: unknown) => string

  /** @param models By `modelKey`. Filled when Fastify compiles the route. */
  constructor (declared: Declared, models: ReadonlyMap<string, Serialize>, closing: Closing | undefined) {
    this.#declared = declared
    this.#models = models
    this.#closing = closing
    const byStatus = this.#byStatus
    const writeOther = this.#writeOther.bind(this)
    this.write = function write (this: FastifyReply, payload: unknown): string {
      const serialize = byStatus.get(this.raw.statusCode)
      if (serialize === undefined || this.request.is404 || typeof payload === 'string' || this.hasHeader('content-type')) return writeOther(this, payload)
      this.header('content-type', JSON_TYPE)
      return serialize(payload)
    }
  }

  /** Called once the models are compiled. */
  compile (): void {
    for (const status of this.#declared.plainStatuses) {
      const model = this.#models.get(modelKey(String(status)))
      if (model !== undefined) this.#byStatus.set(status, model)
    }
  }

  #writeOther (reply: FastifyReply, payload: unknown): string {
    const given = reply.getHeader('content-type')
    // A 404 handler responds with the reply of the route, which no longer applies.
    if (reply.request.is404) {
      if (typeof payload !== 'string') reply.header('content-type', given ?? 'application/json; charset=utf-8')
      return typeof payload === 'string' ? payload : JSON.stringify(payload)
    }
    const type = given === undefined ? JSON_TYPE : String(given)
    // Text is not written by the model here: the handler has set its type, or sent it with `reply.send`.
    if (typeof payload === 'string') {
      reply.header('content-type', withCharset(type))
      return payload
    }
    // As Fastify does without a serializer.
    if (!isJson(type)) throw new errorCodes.FST_ERR_REP_INVALID_PAYLOAD_TYPE(typeof payload)
    // JSON is UTF-8, and its type has no charset parameter (RFC 8259 §8.1, §11).
    reply.header('content-type', type.toLowerCase().replace(/;\s*charset=utf-8$/, '') === JSON_TYPE ? JSON_TYPE : withCharset(type))
    const closed = this.#closing?.(reply, payload)
    if (closed !== undefined) return closed.json
    const serialize = this.#modelOf(reply.raw.statusCode, type)
    return serialize === undefined ? JSON.stringify(payload) : serialize(payload)
  }

  /** The same choice as Fastify's. */
  #modelOf (statusCode: number, type: string): Serialize | undefined {
    const status = this.#declared.statusOf(statusCode)
    if (status === undefined) return undefined
    const mediaType = type.replace(/;.*/s, '').trim().toLowerCase()
    return this.#models.get(modelKey(status, mediaType)) ?? this.#models.get(modelKey(status, '*/*')) ?? this.#models.get(modelKey(status))
  }
}

function isJson (type: string): boolean {
  return type.toLowerCase().includes('json')
}

function withCharset (type: string): string {
  return isJson(type) && !/;\s*charset=/i.test(type) ? `${type}; charset=utf-8` : type
}
