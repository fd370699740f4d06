/**
 * The public keys of an issuer, fetched and cached by jose.
 *
 * @module
 * @see https://github.com/panva/jose/blob/main/docs/jwks/remote/functions/createRemoteJWKSet.md
 */

import { isDeepStrictEqual } from 'node:util'
import type * as jose from 'jose'
import { optionalPeer } from '../core/peer.ts'
import { InvalidToken } from '../jwt/index.ts'
import { APIKIT_ERR_OPENID_ANSWER, APIKIT_ERR_OPENID_REFUSED } from './errors.ts'
import type { Metadata } from './metadata.ts'
import type { IssuerOptions } from './options.ts'
import { PAUSE, type Transport } from './transport.ts'

/**
 * Adds to jose's remote key set that old keys are used while the issuer is down, that they are refreshed in the background,
 * and that a withdrawn key is noticed.
 */
export class KeySet {
  readonly #transport: Transport
  readonly #metadata: Metadata
  readonly #maxAge: number
  readonly #keys: jose.RemoteJWKSet
  /** Written by jose: the set, and when it was fetched. */
  readonly #cache: Partial<jose.ExportedJWKSCache> = {}
  readonly #listeners: Array<() => void> = []
  #noticed: jose.JSONWebKeySet | undefined
  #failure: { readonly at: number, readonly error: unknown } | undefined

  constructor ({ issuer, keyCooldown, maxKeyAge, maxKeyStale, timeout }: IssuerOptions, transport: Transport, metadata: Metadata) {
    const { createRemoteJWKSet, customFetch, jwksCache } = optionalPeer<typeof jose>('fastify-apikit/openid', 'jose')
    this.#transport = transport
    this.#metadata = metadata
    this.#maxAge = maxKeyAge * 1000
    // The URL of the keys is known when they are first needed; until then the issuer's stands for it.
    this.#keys = createRemoteJWKSet(new URL(issuer), {
      cacheMaxAge: maxKeyStale * 1000,
      cooldownDuration: keyCooldown * 1000,
      timeoutDuration: timeout,
      [customFetch]: () => this.#fetch(),
      [jwksCache]: this.#cache as jose.JWKSCacheInput
    })
  }

  /** Calls the listener when a key is removed or replaced. */
  onWithdrawal (listener: () => void): void {
    this.#listeners.push(listener)
  }

  /**
   * Finds the key of a token, for jose. An unknown key is fetched, at most once in the cooldown, whatever `kid` tokens have.
   *
   * @throws IssuerUnavailable, APIKIT_ERR_OPENID_REFUSED or APIKIT_ERR_OPENID_ANSWER when the keys are needed and cannot be fetched
   */
  readonly find: jose.JWTVerifyGetKey = async (header, token) => {
    if (typeof header.kid !== 'string') throw new InvalidToken('malformed', { reason: 'the token has no kid' })
    const age = Date.now() - (this.#cache.uat ?? Infinity)
    if (age >= this.#maxAge) this.#loaded(this.#keys.reload()).catch(() => {}) // those who cannot do without it are told
    return await this.#loaded(this.#keys(header, token))
  }

  /** Fetches the keys, unless some are there that may still be used. */
  async load (): Promise<void> {
    if (!this.#keys.fresh) await this.#loaded(this.#keys.reload())
  }

  #loaded<Result> (loading: Promise<Result>): Promise<Result> {
    return loading.catch(error => { throw this.#translated(error) }).finally(() => { this.#noticeWithdrawal() })
  }

  #translated (error: unknown): unknown {
    const { code, message } = Object(error)
    if (!['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT'].includes(code)) return error
    return this.#failed(Object.assign(new APIKIT_ERR_OPENID_ANSWER(`its keys: ${message}`), { cause: error }))
  }

  async #fetch (): Promise<Response> {
    const { at = -Infinity, error } = this.#failure ?? {}
    if (Date.now() - at < PAUSE) throw error
    try {
      const { jwks_uri: url } = await this.#metadata.get('jwks')
      const response = await this.#transport.ask(String(url), { headers: { accept: 'application/json, application/jwk-set+json' } })
      if (response.status !== 200) throw new APIKIT_ERR_OPENID_REFUSED(`${response.status} for its keys`)
      return response
    } catch (error) {
      throw this.#failed(error)
    }
  }

  /** Remembers a failure, so that the issuer is not asked again at once. */
  #failed (error: unknown): unknown {
    this.#failure = { at: Date.now(), error }
    return error
  }

  #noticeWithdrawal (): void {
    const { jwks } = this.#cache
    if (jwks === this.#noticed) return
    const before = this.#noticed?.keys ?? []
    this.#noticed = jwks
    if (before.some(key => !jwks?.keys.some(other => isDeepStrictEqual(key, other)))) for (const listener of this.#listeners) listener()
  }
}
