/**
 * Which answers a route declares: the statuses and content types of its `schema.response`.
 *
 * @module
 */

import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'
import { isSchema } from '../core/schema/references.ts'

/** No content is sent with them, whatever the handler returns. */
const BODILESS = new Set([204, 304])

/** Content types under one status; `undefined` takes all. */
type Types = ReadonlySet<string> | undefined

export class Declared {
  readonly #types = new Map<string, Types>()
  /** Statuses of which every answer is declared: asked for at every answer. */
  readonly #open = new Set<number>(BODILESS)

  constructor (response: object) {
    for (const [status, schema] of Object.entries(response)) {
      const content: unknown = Object(schema).content
      const types = isSchema(content) ? new Set(Object.keys(content)) : undefined
      this.#types.set(status.toLowerCase(), types)
      if (types === undefined && /^\d+$/.test(status)) this.#open.add(Number(status))
    }
  }

  /** Whether there is nothing that it leaves out. */
  get all (): boolean {
    return this.#types.has('default') && this.#types.get('default') === undefined && [...this.#types.values()].every(types => types === undefined)
  }

  /** Whether the answer goes through a model: the same choice as Fastify's. */
  has (reply: FastifyReply): boolean {
    const { statusCode } = reply
    if (this.#open.has(statusCode)) return true
    const key = [String(statusCode), `${String(statusCode)[0]}xx`, 'default'].find(key => this.#types.has(key))
    if (key === undefined) return false
    const types = this.#types.get(key)
    const type = typeOf(reply).replace(/;.*/s, '').trim().toLowerCase()
    return types === undefined || types.has(type) || types.has('*/*')
  }
}

/** The content type of an answer; JSON where it will be named when it is written. */
export function typeOf (reply: FastifyReply): string {
  return String(reply.getHeader('content-type') ?? 'application/json')
}

/** What is left of an answer that nobody declared: the text of its `detail`, or the phrase of the status. */
export function detailOf (payload: unknown, status: number): { detail: string } {
  const detail: unknown = Object(payload).detail
  return { detail: typeof detail === 'string' ? detail : STATUS_CODES[status] ?? '' }
}
