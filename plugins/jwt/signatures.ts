/**
 * Signatures, made and verified by @fastify/jwt.
 *
 * @module
 * @see https://github.com/fastify/fastify-jwt
 */

import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyPluginCallback } from 'fastify'
import { optionalPeer } from '../core/peer.ts'

/** What a header and a payload of a token are, before anything is believed. */
export interface Decoded {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Record<string, unknown>
}

/** The part of @fastify/jwt that is used; its own types would say that every app has its decorators. */
export interface Signatures {
  sign (claims: Record<string, unknown>, options: { readonly key: string, readonly algorithm: string, readonly header: object }): string
  /** @throws when the signature is not that of the key */
  verify (token: string, options: {
    readonly key: string, readonly algorithms: readonly string[], readonly complete: true, readonly cache: false, readonly ignoreExpiration: true, readonly ignoreNotBefore: true
  }): Decoded
}

/** In a namespace, beside @fastify/jwt of the app's own. */
const namespace = 'apikit'

/** @throws APIKIT_ERR_MISSING_PEER */
export async function signaturesOf (app: FastifyInstance): Promise<Signatures> {
  const fastifyJwt = optionalPeer<FastifyPluginCallback<Readonly<Record<string, unknown>>>>('fastify-apikit/jwt', '@fastify/jwt')
  const found = Promise.withResolvers<Signatures>()
  // In a scope of its own: it decorates requests and replies, and those of the app have no use for that.
  await app.register(async scope => {
    // The secret is nobody's, as each call names its key.
    await scope.register(fastifyJwt, { secret: randomBytes(64), namespace, decoratorName: 'apikitUser' })
    found.resolve(Reflect.get(scope, 'jwt')[namespace])
  })
  return found.promise
}
