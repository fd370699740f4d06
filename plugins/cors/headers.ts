/**
 * The headers of an answer to a page that may read it, written by @fastify/cors.
 *
 * @module
 * @see https://github.com/fastify/fastify-cors
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { optionalPeer } from '../core/peer.ts'

/** What @fastify/cors is told; all else is decided before. */
interface HeaderOptions {
  /** `*`, or the origin that asks. */
  readonly origin: '*' | true
  readonly credentials: boolean
  readonly exposedHeaders: readonly string[] | null
}

type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void

/** As much of an app as @fastify/cors asks for. */
interface Host {
  addHook (name: string, hook: Hook): void
  decorateRequest (): void
  options (): void
}

export type WriteHeaders = (request: FastifyRequest, reply: FastifyReply) => void

/**
 * The hook of @fastify/cors, to be run for the requests of our choice: as a plugin it would run for all of them, and
 * answer preflights and vary in ways that are not FastAPI's.
 *
 * @throws APIKIT_ERR_MISSING_PEER
 */
export function headerWriter (options: HeaderOptions): WriteHeaders {
  const fastifyCors = optionalPeer<(host: Host, options: object, done: () => void) => void>('fastify-apikit/cors', '@fastify/cors')
  const hooks: Hook[] = []
  fastifyCors({ addHook (_name, hook) { hooks.push(hook) }, decorateRequest () {}, options () {} }, { ...options, preflight: false }, () => {})
  return (request, reply) => { for (const hook of hooks) hook(request, reply, () => {}) }
}
