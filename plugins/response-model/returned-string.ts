/**
 * Strings that a handler returns. Fastify sends them as they are, as text/plain, past every hook and serializer;
 * here they are values of the model as all others, as in FastAPI.
 *
 * @module
 */

import type { FastifyReply, RouteHandlerMethod, RouteOptions } from 'fastify'
import { kContent } from '../core/http/described-content.ts'
import { isSchema } from '../core/schema/references.ts'
import type { Serialize } from './model.ts'

const JSON_TYPE = 'application/json'

/** The model by which a status has its strings written, as `modelKey` says it; `undefined` where they are no JSON. */
function modelOfStrings (status: string, schema: unknown): string | undefined {
  if (!isSchema(schema) || kContent in schema) return undefined
  if (!isSchema(schema.content)) return modelKey(status)
  // Of other media types a string is the text itself.
  const types = Object.keys(schema.content)
  return types.includes(JSON_TYPE) && !types.some(type => type.startsWith('text/') || type === '*/*') ? modelKey(status, JSON_TYPE) : undefined
}

/** Tells the models of a route from each other. */
export function modelKey (status: string, contentType = ''): string {
  return `${status} ${contentType}`
}

/** A string with a status that its route does not declare, for the hook that closes it: Fastify runs none for a string. */
export class UndeclaredString {
  readonly text: string

  constructor (text: string) {
    this.text = text
  }
}

/**
 * Makes the handler of a route send its strings by their model. One that has set a content type, or sends by
 * `reply.send`, is left as it is.
 *
 * @param models of the route, by `modelKey`; filled when the route is compiled
 */
export function modelStrings (route: RouteOptions, response: object, models: ReadonlyMap<string, Serialize>): void {
  const statuses = new Map(Object.entries(response).map(([status, schema]) => [status.toLowerCase(), modelOfStrings(status, schema)]))
  const { handler } = route

  const written = (value: unknown, reply: FastifyReply): unknown => {
    if (typeof value !== 'string' || reply.sent || reply.hasHeader('content-type')) return value
    const status = String(reply.statusCode)
    const key = [status, `${status[0]}xx`, 'default'].find(key => statuses.has(key))
    if (key === undefined) return status === '204' || status === '304' ? value : new UndeclaredString(value)
    const write = models.get(statuses.get(key) ?? '')
    if (write === undefined) return value
    const json = write(value)
    // With a serializer of its own Fastify leaves the type as it is, and adds no charset.
    reply.type('application/json').serializer(String)
    return json
  }

  const writing: RouteHandlerMethod = function (request, reply) {
    const result: unknown = handler.call(this, request, reply)
    return result instanceof Promise ? result.then(value => written(value, reply)) : written(result, reply)
  }
  // The document names the operation after the handler.
  route.handler = Object.defineProperty(writing, 'name', { value: handler.name })
}
