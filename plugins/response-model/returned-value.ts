/**
 * Returned values that Fastify sends without a serializer: strings as text/plain, and `undefined` as an empty body. Here the model
 * writes both, as in FastAPI.
 *
 * @module
 */

import type { FastifyReply } from 'fastify'
import { kContent } from '../core/http/described-content.ts'
import type { MapValue } from '../core/plan/route-plan.ts'
import { isSchema } from '../core/schema/references.ts'
import type { Closing } from './closing.ts'
import { type Declared, modelKey } from './declared.ts'
import { APIKIT_ERR_RETURNED_NOTHING } from './errors.ts'
import type { Mismatches } from './mismatches.ts'
import type { Serialize } from './model.ts'

const JSON_TYPE = 'application/json'

/** Statuses without content, whatever the handler returns. */
const BODILESS = new Set([204, 205, 304])

/** The model that writes the strings of a status, by `modelKey`. `undefined` if they are not JSON. */
function jsonModel (status: string, schema: unknown): string | undefined {
  if (!isSchema(schema) || kContent in schema) return undefined
  if (!isSchema(schema.content)) return modelKey(status)
  // For other media types a string is the text itself.
  const types = Object.keys(schema.content)
  return types.includes(JSON_TYPE) && !types.some(type => type.startsWith('text/') || type === '*/*') ? modelKey(status, JSON_TYPE) : undefined
}

/** The responses of a route. */
interface Answers {
  readonly declared: Declared
  /** By `modelKey`. Filled when the route is compiled. */
  readonly models: ReadonlyMap<string, Serialize>
  readonly closing: Closing | undefined
  /** Whether a string without a model is JSON. */
  readonly isTextJson: boolean
}

/** Writes what a handler returned with its model, where Fastify would not. Does nothing if the handler has set a content type or sent its response. */
export function returnedValues ({ declared, models, closing, isTextJson }: Answers, mismatches: Mismatches): MapValue {
  const send = (json: string, reply: FastifyReply): string => {
    // With a serializer of its own Fastify keeps the type, and adds no charset.
    reply.header('content-type', JSON_TYPE).serializer(String)
    return json
  }

  const special = (value: string | undefined, reply: FastifyReply): unknown => {
    if (reply.sent || reply.hasHeader('content-type') || BODILESS.has(reply.statusCode)) return value
    // The client has disconnected.
    if (value === undefined && reply.raw.destroyed) return value
    const status = declared.statusOf(reply.statusCode)
    if (status === undefined) {
      const closed = closing?.(reply, value)
      if (closed !== undefined) return send(closed.json, reply)
      return isTextJson && value !== undefined ? send(JSON.stringify(value), reply) : value
    }
    const write = models.get(jsonModel(status, declared.schemaOf(status)) ?? '')
    if (write === undefined && value !== undefined) return value
    const strict = write && mismatches.strict(write)
    try {
      return send(value === undefined ? nothing(strict) : (strict as Serialize)(value), reply)
    } catch (error) {
      const { request: { method, routeOptions: { url } }, statusCode } = reply
      mismatches.report(error, `${method} ${String(url)} ${statusCode}`)
      return value
    }
  }

  return (value, reply) => value === undefined || typeof value === 'string' ? special(value, reply) : value
}

/** Python functions return None: a model that accepts null accepts undefined. */
function nothing (write: Serialize | undefined): string {
  if (write === undefined) throw new APIKIT_ERR_RETURNED_NOTHING()
  let json: string | undefined
  try {
    json = write(null)
  } catch (cause) {
    throw Object.assign(new APIKIT_ERR_RETURNED_NOTHING(), { cause })
  }
  return json
}
