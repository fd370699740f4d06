/**
 * What a server span says of its request, by the semantic conventions.
 *
 * @module
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */

import type { Attributes } from '@opentelemetry/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { observedMethod, OTHER_METHOD } from '../core/http/observed-request.ts'
import { typeOf } from './failures.ts'

/** Characters of what a client sends. */
const LONGEST_PATH = 1024
const LONGEST_HOST = 255

/** The pattern of its route. */
export function routeOf (request: FastifyRequest): string | undefined {
  // Fastify makes an object of it each time.
  return request.is404 ? undefined : request.routeOptions.url
}

/** How a request has ended. A client that has left was not answered. */
export function endingOf ({ raw: { headersSent, statusCode } }: FastifyReply, error: unknown): Attributes {
  if (!headersSent) return { 'error.type': 'client_disconnected' }
  const ending: Attributes = { 'http.response.status_code': statusCode }
  if (statusCode >= 500) ending['error.type'] = error === undefined ? String(statusCode) : typeOf(error)
  return ending
}

/** The name of its span. */
export function nameOf (request: FastifyRequest, route: string | undefined): string {
  const method = observedMethod(request)
  const word = method === OTHER_METHOD ? 'HTTP' : method
  return route === undefined ? word : `${word} ${route}`
}

/** What a sampler decides by. Without the query: it may hold credentials. */
export function attributesOf (request: FastifyRequest, route: string | undefined): Attributes {
  const attributes: Attributes = { 'http.request.method': observedMethod(request), 'url.scheme': request.protocol, 'url.path': pathOf(request) }
  if (route !== undefined) attributes['http.route'] = route
  return attributes
}

/** The rest. */
export function addressOf (request: FastifyRequest): Attributes {
  const [address = '', port] = request.host.slice(0, LONGEST_HOST).split(/:(?=\d{1,5}$)/)
  return { 'server.address': address, ...port !== undefined && { 'server.port': Number(port) }, 'network.protocol.version': request.raw.httpVersion }
}

function pathOf ({ url }: FastifyRequest): string {
  const end = url.indexOf('?')
  return url.slice(0, Math.min(LONGEST_PATH, end === -1 ? url.length : end))
}
