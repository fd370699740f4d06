/**
 * A string that a handler returns where the route declares one. Fastify sends strings as they are, as text/plain;
 * FastAPI sends the value of a model, as JSON.
 *
 * @module
 */

import type { FastifyReply, RouteHandlerMethod, RouteOptions } from 'fastify'
import { isSchema } from '../internal/schema/references.ts'
import type { Serialize } from './model.ts'

/** Whether a value of the schema may be a string, as far as a glance tells; one that is elsewhere may. */
function admitsString (schema: unknown): boolean {
  if (!isSchema(schema) || schema.content !== undefined) return false
  const { type, anyOf, oneOf, properties, allOf } = schema
  const members = anyOf ?? oneOf
  if (Array.isArray(members)) return members.some(admitsString)
  if (type === undefined) return properties === undefined && allOf === undefined
  return [type].flat().includes('string')
}

/**
 * Makes the handler of a route send its strings as JSON, where a status declares them. One that has set a content
 * type, or sends by `reply.send`, is left as it is.
 *
 * @param models of the route, by status; filled when the route is compiled
 */
export function modelStrings (route: RouteOptions, response: object, models: ReadonlyMap<string, Serialize>): void {
  const ofStrings = new Set(Object.entries(response).filter(([, schema]) => admitsString(schema)).map(([status]) => status.toLowerCase()))
  if (ofStrings.size === 0) return
  const { handler } = route

  const written = (value: unknown, reply: FastifyReply): unknown => {
    if (typeof value !== 'string' || reply.sent || reply.hasHeader('content-type')) return value
    const status = String(reply.statusCode)
    const key = [status, `${status[0]}xx`, 'default'].find(key => models.has(key)) ?? status
    const write = ofStrings.has(key) ? models.get(key) : undefined
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
