/**
 * Signs and verifies with @fastify/jwt.
 *
 * @module
 * @see https://github.com/fastify/fastify-jwt
 */

import type { FastifyInstance, FastifyPluginCallback } from 'fastify'
import { optionalPeer } from '../core/peer.ts'
import { APIKIT_ERR_JWT_KEYS } from './errors.ts'
import type { Key } from './keys.ts'

/** The header and the payload of a token. */
export interface Decoded {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Record<string, unknown>
}

/** The part of @fastify/jwt that is used. Its own types would declare its decorators on every app. */
interface FastifyJwt {
  sign (claims: Record<string, unknown>, options?: object): string
  verify (token: string, options?: object): Decoded
}

/** Each registration has a namespace of its own: below an app's @fastify/jwt all share one object. */
let registrations = 0

/** @fastify/jwt with the keys of one plugin. */
export class Signatures {
  readonly #jwt: FastifyJwt
  readonly #typ: string
  readonly #registered: Key

  private constructor (jwt: FastifyJwt, typ: string, registered: Key) {
    this.#jwt = jwt
    this.#typ = typ
    this.#registered = registered
  }

  /**
   * Registers @fastify/jwt with a key: in a child scope, since it decorates requests and replies, and an app may have its own.
   *
   * @param typ header of the tokens that are signed
   * @throws APIKIT_ERR_MISSING_PEER
   */
  static async register (app: FastifyInstance, key: Key, typ: string): Promise<Signatures> {
    const fastifyJwt = optionalPeer<FastifyPluginCallback<Readonly<Record<string, unknown>>>>('fastify-apikit/jwt', '@fastify/jwt')
    const registered = Promise.withResolvers<FastifyJwt>()
    const namespace = `apikit${++registrations}`
    await app.register(async scope => {
      await scope.register(fastifyJwt, {
        namespace,
        decoratorName: `${namespace}User`,
        secret: { private: key.signing ?? noSigningKey, public: key.verifying },
        sign: signOptions(key, typ),
        verify: verifyOptions(key)
      })
      const { [namespace]: jwt }: Record<string, unknown> = Object(Reflect.get(scope, 'jwt'))
      registered.resolve(jwt as FastifyJwt)
    })
    return new Signatures(await registered.promise, typ, key)
  }

  /** Signs claims. The key must have a private part. */
  sign (claims: Record<string, unknown>, key: Key): string {
    return key === this.#registered ? this.#jwt.sign(claims) : this.#jwt.sign(claims, { ...signOptions(key, this.#typ), key: key.signing })
  }

  /** @throws an error of @fastify/jwt when the signature was not made with the key */
  verify (token: string, key: Key): Decoded {
    return key === this.#registered ? this.#jwt.verify(token) : this.#jwt.verify(token, { ...verifyOptions(key), key: key.verifying })
  }
}

/** @throws APIKIT_ERR_JWT_KEYS always */
export function noSigningKey (): never {
  throw new APIKIT_ERR_JWT_KEYS('no key can sign. Add one with a secret or a privateKey')
}

function signOptions ({ kid, algorithm }: Key, typ: string): object {
  return { algorithm, header: { alg: algorithm, typ, ...kid !== undefined && { kid } } }
}

/** It checks no claims: claims.ts does, whether the token is cached or not. */
function verifyOptions ({ algorithm }: Key): object {
  return { algorithms: [algorithm], complete: true, cache: false, ignoreExpiration: true, ignoreNotBefore: true }
}
