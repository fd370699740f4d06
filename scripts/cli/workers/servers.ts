/**
 * The servers that the app of this process makes, as soon as they are made.
 *
 * @module
 */

import { subscribe } from 'node:diagnostics_channel'
import type { FastifyInstance } from 'fastify'

/** Calls the listener with each instance of Fastify that is made from now on. */
export function eachServer (listener: (server: FastifyInstance) => void): void {
  subscribe('fastify.initialization', message => { listener((message as { readonly fastify: FastifyInstance }).fastify) })
}
