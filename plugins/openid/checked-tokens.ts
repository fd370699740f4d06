/**
 * Tokens that were checked, kept for as long as that holds.
 *
 * @module
 */

import type { TSchema } from '@sinclair/typebox'
import { claimsReader, clientOf, type ReadClaims, scopesOf } from './claims.ts'
import { APIKIT_ERR_OPENID_SETUP } from './errors.ts'
import { type RawClaims, Refused } from './jwt.ts'
import { TokenCache } from './token-cache.ts'

/** How long, and how many. */
export interface CacheOptions {
  /** Tokens of each kind, good and bad; 1000 by default, 0 keeps none. */
  readonly max?: number
  /** Seconds for a good token, and never beyond its `exp`; 60 by default. Withdrawn, it is taken for so long. */
  readonly ttl?: number
  /** Seconds for a bad one; 10 by default. */
  readonly negativeTtl?: number
}

/** A good token. */
export interface Checked {
  readonly claims: unknown
  readonly scopes: readonly string[]
}

export interface CheckedTokensOptions {
  readonly claims: TSchema
  readonly clients: readonly string[] | undefined
  readonly cache: CacheOptions
  /** Whether bad tokens are kept, too: where it costs a request to find out. */
  readonly keepsRefused: boolean
  readonly ask: (token: string) => RawClaims | Refused | Promise<RawClaims | Refused>
}

export class CheckedTokens {
  readonly #options: CheckedTokensOptions
  readonly #read: ReadClaims
  readonly #ttl: number
  readonly #negativeTtl: number
  // Apart: what strangers send must not drive out what is good.
  readonly #good: TokenCache<Checked>
  readonly #bad: TokenCache<Refused>
  readonly #pending = new Map<string, Promise<Checked | Refused>>()

  constructor (who: string, options: CheckedTokensOptions) {
    const { max = 1000, ttl = 60, negativeTtl = 10 } = options.cache
    for (const [name, value] of Object.entries({ max, ttl, negativeTtl })) {
      if (!Number.isFinite(value) || value < 0) throw new APIKIT_ERR_OPENID_SETUP(`${who}: cache.${name} is no number from 0`)
    }
    this.#options = options
    this.#read = claimsReader(who, options.claims)
    this.#ttl = ttl * 1000
    this.#negativeTtl = options.keepsRefused ? negativeTtl * 1000 : 0
    this.#good = new TokenCache(max)
    this.#bad = new TokenCache(max)
  }

  forgetAll (): void {
    this.#good.clear()
    this.#bad.clear()
  }

  check (token: string): Checked | Refused | Promise<Checked | Refused> {
    const known = this.#good.get(token) ?? this.#bad.get(token) ?? this.#pending.get(token)
    if (known !== undefined) return known
    if (token === '') return new Refused('it is empty')
    const answer = this.#options.ask(token)
    if (!(answer instanceof Promise)) return this.#keep(token, answer)
    const pending = answer.then(found => this.#keep(token, found)).finally(() => { this.#pending.delete(token) })
    this.#pending.set(token, pending)
    return pending
  }

  #keep (token: string, answer: RawClaims | Refused): Checked | Refused {
    const found = answer instanceof Refused ? answer : this.#checked(answer)
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
    if (clients?.includes(clientOf(raw) as string) === false) return new Refused('it was made for another client')
    const claims = this.#read(raw)
    return 'problem' in claims ? new Refused(claims.problem) : { claims: claims.value, scopes: scopesOf(raw) }
  }
}
