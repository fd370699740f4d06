/**
 * The responses that a route declares: the statuses and content types of its `schema.response`.
 *
 * @module
 */

import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'
import { isSchema } from '../core/schema/references.ts'

/** Statuses without content, whatever the handler returns. */
const BODILESS = new Set([204, 304])

/** Key of a model among those of a route. */
export function modelKey (status: string, contentType = ''): string {
  return `${status} ${contentType}`
}

/** Returns the declared status for a status, as Fastify chooses it. */
export function statusIn (declared: Pick<ReadonlySet<string>, 'has'>, statusCode: number): string | undefined {
  const status = String(statusCode)
  return [status, `${status[0]}xx`, 'default'].find(key => declared.has(key))
}

export class Declared {
  /** By status in lower case, as Fastify looks it up. */
  readonly #schemas: ReadonlyMap<string, unknown>
  /** Only errors are declared. Other responses are sent as without a model. */
  readonly #isOfErrors: boolean

  /** @param response `schema.response` of the route. */
  constructor (response: object) {
    this.#schemas = new Map(Object.entries(response).map(([status, schema]) => [status.toLowerCase(), schema]))
    this.#isOfErrors = this.#schemas.size > 0 && [...this.#schemas.keys()].every(status => /^[45]/.test(status))
  }

  /** Tells whether every status is declared. */
  get all (): boolean {
    return this.#schemas.has('default') && [...this.#schemas.values()].every(schema => typesOf(schema) === undefined)
  }

  /** The statuses with one model for all content types. */
  get plainStatuses (): number[] {
    return [...this.#schemas].flatMap(([status, schema]) => /^\d+$/.test(status) && typesOf(schema) === undefined ? [Number(status)] : [])
  }

  /** Returns the declared status for a status. */
  statusOf (statusCode: number): string | undefined {
    return statusIn(this.#schemas, statusCode)
  }

  /** Returns what a declared status sends. */
  schemaOf (status: string): unknown {
    return this.#schemas.get(status)
  }

  /** Tells whether the response has a model. */
  has (reply: FastifyReply): boolean {
    const { statusCode } = reply
    if (BODILESS.has(statusCode)) return true
    const status = this.statusOf(statusCode)
    if (status === undefined) return this.#isOfErrors && statusCode < 400
    const types = typesOf(this.#schemas.get(status))
    const type = typeOf(reply).replace(/;.*/s, '').trim().toLowerCase()
    return types === undefined || types.includes(type) || types.includes('*/*')
  }
}

/** Returns the content types of a response. `undefined` if one schema is for all. */
function typesOf (schema: unknown): readonly string[] | undefined {
  const content: unknown = Object(schema).content
  return isSchema(content) ? Object.keys(content) : undefined
}

/** Returns the content type of a response. JSON if none is set yet. */
export function typeOf (reply: FastifyReply): string {
  return String(reply.getHeader('content-type') ?? 'application/json')
}

/** Returns what is sent instead of an undeclared response: the text of its `detail`, or the phrase of the status. */
export function detailOf (payload: unknown, status: number): { detail: string } {
  const detail: unknown = Object(payload).detail
  return { detail: typeof detail === 'string' ? detail : STATUS_CODES[status] ?? '' }
}
