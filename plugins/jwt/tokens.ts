/**
 * Signs and verifies tokens.
 *
 * @module
 */

import { randomUUID } from 'node:crypto'
import { isPromise } from 'node:util/types'
import type { SecurityScopes } from '../dependencies/index.ts'
import { checkClaims, type Claims, type Expected, freeze } from './claims.ts'
import { APIKIT_ERR_JWT_CLAIMS, APIKIT_ERR_JWT_KEYS } from './errors.ts'
import { InvalidToken } from './invalid-token.ts'
import { type JwtKey, type UsableKey, usableKeys } from './keys.ts'
import type { Signatures } from './signatures.ts'
import { type VerifiedToken, VerifiedTokens } from './verified-tokens.ts'

/** Whether a token is not to be believed any more, though it is right: its `jti` is on a list, its user has logged out. */
export type IsRevoked = (claims: Claims) => boolean | Promise<boolean>

export interface TokenRules extends Expected {
  /** Seconds; `null`: without end. */
  readonly expiresIn: number | null
  readonly typ: string | undefined
  readonly cache: number
  readonly isRevoked: IsRevoked | undefined
}

export interface SignOptions {
  /** Seconds from now until the token expires, or `null` for never; the plugin's option by default. */
  readonly expiresIn?: number | null
}

/** What `app.tokens` is. */
export class Tokens {
  readonly #rules: TokenRules
  readonly #verified: VerifiedTokens
  readonly #signatures: Signatures
  #keys: readonly UsableKey[]

  /** @throws APIKIT_ERR_JWT_KEYS */
  constructor (keys: readonly JwtKey[], rules: TokenRules, signatures: Signatures) {
    this.#rules = rules
    this.#signatures = signatures
    this.#verified = new VerifiedTokens(rules.cache)
    this.#keys = usableKeys(keys, rules.typ ?? 'JWT', signatures)
  }

  /**
   * Replaces the keys while the app runs: the first that can sign signs from now on, all verify. A token of a key that is
   * gone is not believed any more, though it was a moment ago.
   *
   * ```ts
   * app.tokens.useKeys([next, previous]) // until the last token of `previous` has expired
   * ```
   *
   * @throws APIKIT_ERR_JWT_KEYS, and then the old ones stay
   */
  useKeys (keys: readonly JwtKey[]): void {
    this.#keys = usableKeys(keys, this.#rules.typ ?? 'JWT', this.#signatures)
    this.#verified.clear()
  }

  /**
   * Signs a token. `iat`, `exp`, `iss` and `aud` come from the options, unless they are given; with a revocation hook, a `jti` too.
   *
   * ```ts
   * app.tokens.sign({ sub: user.id, scope: 'me items' })
   * ```
   *
   * @throws APIKIT_ERR_JWT_CLAIMS when they are claims that `verify` would refuse
   * @throws APIKIT_ERR_JWT_KEYS when no key can sign
   */
  sign (claims: Claims, { expiresIn = this.#rules.expiresIn }: SignOptions = {}): string {
    const { issuer, audience, isRevoked } = this.#rules
    const now = Math.floor(Date.now() / 1000)
    const whole: Record<string, unknown> = {
      ...isRevoked !== undefined && { jti: randomUUID() },
      ...issuer !== undefined && { iss: issuer },
      ...audience.length > 0 && { aud: audience[0] },
      iat: now,
      ...expiresIn !== null && { exp: now + expiresIn },
      ...claims
    }
    const problem = checkClaims(whole, this.#rules)
    if (typeof problem === 'string') throw new APIKIT_ERR_JWT_CLAIMS(`the token cannot be signed: ${problem}`)
    // @fastify/jwt leaves an end at 0 out, and the token would have none.
    if (problem.until <= 0) throw new APIKIT_ERR_JWT_CLAIMS('the token cannot be signed: it would have expired in 1970')
    const key = this.#keys.find(({ sign }) => sign !== undefined)
    if (key?.sign === undefined) throw new APIKIT_ERR_JWT_KEYS('no key can sign: give one with a secret or a privateKey')
    return key.sign(whole)
  }

  /**
   * Verifies a token: the signature, by a key whose algorithm it has, the claims, the revocation.
   *
   * @param asked scopes for the challenge of the error
   * @throws InvalidToken
   */
  async verify (token: string, asked?: SecurityScopes): Promise<Claims> {
    return await this.check(token, asked)
  }

  /**
   * As `verify`, and without a promise unless the revocation hook returns one: for every request.
   *
   * @throws InvalidToken at once, or in the promise
   */
  check (token: string, asked?: SecurityScopes): Claims | Promise<Claims> {
    const { claims, from, until } = this.#verified.get(token) ?? this.#verify(token, asked)
    const now = Date.now()
    if (now >= until) throw new InvalidToken('it has expired', asked)
    if (now < from) throw new InvalidToken('it is not valid yet', asked)

    const revoked = this.#rules.isRevoked?.(claims) ?? false
    return isPromise(revoked) ? revoked.then(revoked => unlessRevoked(claims, revoked, asked)) : unlessRevoked(claims, revoked, asked)
  }

  #verify (token: string, asked: SecurityScopes | undefined): VerifiedToken {
    const payload = this.#open(token, asked)
    const validity = checkClaims(payload, this.#rules)
    if (typeof validity === 'string') throw new InvalidToken(validity, asked)
    const verified = { claims: freeze(payload), ...validity }
    this.#verified.add(token, verified)
    return verified
  }

  /** The payload of a token whose signature is right. */
  #open (token: string, asked: SecurityScopes | undefined): Claims {
    const header = headerOf(token)
    const { typ } = this.#rules
    if (typ !== undefined && bareTyp(header.typ) !== bareTyp(typ)) throw new InvalidToken('it is of another type', asked)
    // A key without a kid is the only one; a token without a kid may be of any of its algorithm.
    const keys = this.#keys.filter(({ kid, algorithm }) => algorithm === header.alg && (kid === undefined || header.kid === undefined || kid === header.kid))
    if (keys.length === 0) throw new InvalidToken('no key has its "alg" and its "kid"', asked)
    if (!isCanonical(token)) throw new InvalidToken('its signature is not base64url', asked)
    let cause: unknown
    for (const { verify } of keys) {
      try {
        return verify(token).payload
      } catch (error) {
        cause = error
      }
    }
    throw new InvalidToken('its signature is not of our keys', asked, { cause })
  }
}

function unlessRevoked (claims: Claims, revoked: boolean, asked: SecurityScopes | undefined): Claims {
  if (revoked) throw new InvalidToken('it is revoked', asked)
  return claims
}

/** What a token says of itself; of no token, nothing. */
function headerOf (token: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()))
  } catch {
    return {}
  }
}

/** RFC 7515 §4.1.9: `application/` may be left out. */
function bareTyp (typ: unknown): string {
  return String(typ).toLowerCase().replace(/^application\//, '')
}

/** Whether the signature is spelt in the one way that there is: the bits behind its end are nobody's to choose. */
function isCanonical (token: string): boolean {
  const signature = token.slice(token.lastIndexOf('.') + 1)
  return Buffer.from(signature, 'base64url').toString('base64url') === signature
}
