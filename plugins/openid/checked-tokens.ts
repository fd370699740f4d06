/**
 * Caches the results of token checks.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import { deepFreeze } from '../core/deep-freeze.ts'
import { claimsReader, clientOf, type ReadClaims, scopesOf } from './claims.ts'
import { APIKIT_ERR_OPENID_SETUP } from './errors.ts'
import { type RawClaims, Refused } from './refused.ts'
import { TokenCache } from './token-cache.ts'

export interface CacheOptions {
  /** Maximum number of valid tokens, and of invalid ones. 1000 by default, 0 disables the cache. */
  readonly max?: number
  /** Seconds that a valid token is cached, never beyond its `exp`. 60 by default. A revoked token may be accepted for this time. */
  readonly ttl?: number
  /** Seconds that an invalid token is cached. 10 by default. Only for introspection. */
  readonly negativeTtl?: number
}

/** A valid token. */
export interface Checked {
  readonly claims: unknown
  readonly scopes: readonly string[]
}

export interface CheckedTokensOptions {
  readonly claims: TSchema
  readonly clients: readonly string[] | undefined
  readonly cache: CacheOptions
  /** Whether invalid tokens are cached too: where each costs a request. */
  readonly keepsRefused: boolean
  readonly ask: (token: string) => Promise<RawClaims | Refused>
}

export class CheckedTokens {
  readonly #options: CheckedTokensOptions
  readonly #read: ReadClaims
  readonly #ttl: number
  readonly #negativeTtl: number
  // Two caches, so that invalid tokens cannot evict valid ones.
  readonly #good: TokenCache<Checked>
  readonly #bad: TokenCache<Refused>
  readonly #pending = new Map<string, Promise<Checked | Refused>>()
  #generation = 0

  constructor (who: string, options: CheckedTokensOptions) {
    const { max = 1000, ttl = 60, negativeTtl = 10 } = options.cache
    for (const [name, value] of Object.entries({ max, ttl, negativeTtl })) {
      if (!Number.isFinite(value) || value < 0) throw new APIKIT_ERR_OPENID_SETUP(`${who}: cache.${name} must be a number ≥ 0, got ${JSON.stringify(value)}`)
    }
    this.#options = options
    this.#read = claimsReader(who, options.claims)
    this.#ttl = ttl * 1000
    this.#negativeTtl = options.keepsRefused ? negativeTtl * 1000 : 0
    this.#good = new TokenCache(max)
    this.#bad = new TokenCache(max)
  }

  /** Clears the cache. A check that is pending is not cached. */
  forgetAll (): void {
    this.#generation++
    this.#good.clear()
    this.#bad.clear()
  }

  check (token: string): Checked | Refused | Promise<Checked | Refused> {
    const known = this.#good.get(token) ?? this.#bad.get(token) ?? this.#pending.get(token)
    if (known !== undefined) return known
    if (token === '') return new Refused('malformed', 'the token is empty')
    const generation = this.#generation
    const pending = this.#options.ask(token).then(answer => this.#keep(token, answer, generation)).finally(() => { this.#pending.delete(token) })
    this.#pending.set(token, pending)
    return pending
  }

  #keep (token: string, answer: RawClaims | Refused, generation: number): Checked | Refused {
    const found = answer instanceof Refused ? answer : this.#checked(answer)
    if (generation !== this.#generation) return found
    if (found instanceof Refused) {
      this.#bad.set(token, found, Date.now() + this.#negativeTtl)
    } else {
      const { exp } = answer as RawClaims
      this.#good.set(token, found, Math.min(Date.now() + this.#ttl, typeof exp === 'number' ? exp * 1000 : Infinity))
    }
    return found
  }

  #checked (raw: RawClaims): Checked | Refused {
    const { clients } = this.#options
    if (clients?.includes(clientOf(raw) as string) === false) return new Refused('client')
    if (!deepFreeze(raw)) return new Refused('malformed', 'the claims nest too deep')
    const claims = this.#read(raw)
    return claims instanceof Refused ? claims : { claims: claims.value, scopes: scopesOf(raw) }
  }
}
