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

/** Tells the models of a route from each other. */
export function modelKey (status: string, contentType = ''): string {
  return `${status} ${contentType}`
}

/** The declared status that a status falls under: the same choice as Fastify's. */
export function statusIn (declared: Pick<ReadonlySet<string>, 'has'>, statusCode: number): string | undefined {
  const status = String(statusCode)
  return [status, `${status[0]}xx`, 'default'].find(key => declared.has(key))
}

export class Declared {
  /** By status in small letters, as Fastify looks for them. */
  readonly #schemas: ReadonlyMap<string, unknown>
  /** Only errors are declared: what else is answered is as without any model. */
  readonly #isOfErrors: boolean

  /** @param response `schema.response` of a route */
  constructor (response: object) {
    this.#schemas = new Map(Object.entries(response).map(([status, schema]) => [status.toLowerCase(), schema]))
    this.#isOfErrors = this.#schemas.size > 0 && [...this.#schemas.keys()].every(status => /^[45]/.test(status))
  }

  /** Whether there is nothing that it leaves out. */
  get all (): boolean {
    return this.#schemas.has('default') && [...this.#schemas.values()].every(schema => typesOf(schema) === undefined)
  }

  /** The statuses with one model for all content types. */
  get plainStatuses (): number[] {
    return [...this.#schemas].flatMap(([status, schema]) => /^\d+$/.test(status) && typesOf(schema) === undefined ? [Number(status)] : [])
  }

  /** The declared status that a status falls under. */
  statusOf (statusCode: number): string | undefined {
    return statusIn(this.#schemas, statusCode)
  }

  /** What a declared status answers with. */
  schemaOf (status: string): unknown {
    return this.#schemas.get(status)
  }

  /** Whether the answer goes through a model. */
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

/** The content types of an answer; `undefined` where one schema is for all. */
function typesOf (schema: unknown): readonly string[] | undefined {
  const content: unknown = Object(schema).content
  return isSchema(content) ? Object.keys(content) : undefined
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
