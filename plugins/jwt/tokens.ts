/**
 * Signs and verifies tokens.
 *
 * @module
 */

import { randomUUID } from 'node:crypto'
import { isPromise } from 'node:util/types'
import { deepFreeze } from '../core/deep-freeze.ts'
import type { SecurityScopes } from '../dependencies/index.ts'
import { checkClaims, type Claims, type Expected } from './claims.ts'
import { APIKIT_ERR_JWT_CLAIMS } from './errors.ts'
import { InvalidToken, type InvalidTokenCode } from './invalid-token.ts'
import { type JwtKey, type Key, readKeys } from './keys.ts'
import { noSigningKey, type Signatures } from './signatures.ts'
import { type VerifiedToken, VerifiedTokens } from './verified-tokens.ts'

/** Returns whether a valid token is revoked: its `jti` is on a list, its user has logged out. */
export type IsRevoked = (claims: Claims) => boolean | Promise<boolean>

export interface TokenRules extends Expected {
  /** Seconds; `null` for tokens that never expire. */
  readonly expiresIn: number | null
  readonly typ: string | undefined
  /** Verified tokens to keep. */
  readonly cacheSize: number
  readonly isRevoked: IsRevoked | undefined
}

export interface SignOptions {
  /** Seconds until the token expires, `null` for never; the plugin's option by default. */
  readonly expiresIn?: number | null
}

/** Signs and verifies tokens: `app.tokens`. */
export class Tokens {
  readonly #rules: TokenRules
  readonly #verified: VerifiedTokens
  readonly #signatures: Signatures
  #keys: readonly Key[]

  constructor (keys: readonly Key[], rules: TokenRules, signatures: Signatures) {
    this.#keys = keys
    this.#rules = rules
    this.#signatures = signatures
    this.#verified = new VerifiedTokens(rules.cacheSize)
  }

  /**
   * Replaces the keys at runtime. The first that can sign signs from now on, all verify. Tokens of a removed key are rejected
   * from now on, cached or not.
   *
   * @example
   * ```ts
   * app.tokens.useKeys([next, previous]) // until the last token of `previous` has expired
   * ```
   * @throws APIKIT_ERR_JWT_KEYS, and the keys stay as they are
   */
  useKeys (keys: readonly JwtKey[]): void {
    this.#keys = readKeys(keys)
    this.#verified.clear()
  }

  /**
   * Signs a token. `iat`, `exp`, `iss` and `aud` come from the options unless given, and with `isRevoked` also a `jti`.
   *
   * @example
   * ```ts
   * app.tokens.sign({ sub: user.id, scope: 'me items' })
   * ```
   * @throws APIKIT_ERR_JWT_CLAIMS when `verify` would reject the claims
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
    const checked = checkClaims(whole, this.#rules)
    if ('code' in checked) throw new APIKIT_ERR_JWT_CLAIMS(`the token cannot be signed: ${checked.reason}`)
    // @fastify/jwt leaves out an exp of 0, and the token would never expire.
    if (checked.until <= 0) throw new APIKIT_ERR_JWT_CLAIMS('the token cannot be signed: exp must be later than 1970')
    const key = this.#keys.find(({ signing }) => signing !== undefined) ?? noSigningKey()
    return this.#signatures.sign(whole, key)
  }

  /**
   * Verifies a token: its signature, its claims, and whether it is revoked.
   *
   * @param asked scopes for the challenge of the error
   * @throws InvalidToken
   */
  async verify (token: string, asked?: SecurityScopes): Promise<Claims> {
    return await this.check(token, asked)
  }

  /**
   * Verifies a token as `verify` does, synchronously unless `isRevoked` returns a promise.
   *
   * @throws InvalidToken, or rejects with it
   */
  check (token: string, asked?: SecurityScopes): Claims | Promise<Claims> {
    const { claims, from, until } = this.#verified.get(token) ?? this.#verify(token, asked)
    const now = Date.now()
    if (now >= until) throw new InvalidToken('expired', { asked })
    if (now < from) throw new InvalidToken('not_yet_valid', { asked })

    const revoked = this.#rules.isRevoked?.(claims) ?? false
    return isPromise(revoked) ? revoked.then(revoked => unlessRevoked(claims, revoked, asked)) : unlessRevoked(claims, revoked, asked)
  }

  #verify (token: string, asked: SecurityScopes | undefined): VerifiedToken {
    const claims = this.#open(token, asked)
    const validity = checkClaims(claims, this.#rules)
    if ('code' in validity) throw new InvalidToken(validity.code, { reason: validity.reason, asked })
    if (!deepFreeze(claims)) throw new InvalidToken('malformed', { reason: 'the claims nest too deep', asked })
    const verified = { claims, ...validity }
    this.#verified.add(token, verified)
    return verified
  }

  /** Returns the claims of a token with a valid signature. */
  #open (token: string, asked: SecurityScopes | undefined): Claims {
    const { alg, kid, typ } = headerOf(token)
    const { typ: expectedTyp } = this.#rules
    if (typeof alg !== 'string' || !isCanonical(token)) throw new InvalidToken('malformed', { asked })
    if (expectedTyp !== undefined && bareTyp(typ) !== bareTyp(expectedTyp)) throw new InvalidToken('type', { asked })
    const possible = this.#keys.filter(({ algorithm }) => algorithm === alg)
    if (possible.length === 0) throw new InvalidToken('algorithm', { asked })
    // A key without a kid is the only key; a token without a kid may be of any key with its algorithm.
    const keys = possible.filter(key => key.kid === undefined || kid === undefined || key.kid === kid)
    let failed: { readonly code: InvalidTokenCode, readonly cause?: unknown } = { code: 'key' }
    for (const key of keys) {
      try {
        return this.#signatures.verify(token, key).payload
      } catch (cause) {
        failed = { code: isMalformed(cause) ? 'malformed' : 'signature', cause }
      }
    }
    throw new InvalidToken(failed.code, { asked, cause: failed.cause })
  }
}

function unlessRevoked (claims: Claims, revoked: boolean, asked: SecurityScopes | undefined): Claims {
  if (revoked) throw new InvalidToken('revoked', { asked })
  return claims
}

/** Returns the header of a token, not verified; {} if there is none. */
function headerOf (token: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()))
  } catch {
    return {}
  }
}

/** RFC 7515 §4.1.9: `application/` may be omitted. */
function bareTyp (typ: unknown): string {
  return String(typ).toLowerCase().replace(/^application\//, '')
}

/** Whether the signature is canonical base64url. Otherwise one signature would have several spellings. */
function isCanonical (token: string): boolean {
  const signature = token.slice(token.lastIndexOf('.') + 1)
  return Buffer.from(signature, 'base64url').toString('base64url') === signature
}

/** Whether @fastify/jwt could not read the token, or found an unsupported `crit` in it. */
function isMalformed (error: unknown): boolean {
  return ['FAST_JWT_MALFORMED', 'FAST_JWT_INVALID_PAYLOAD', 'FAST_JWT_INVALID_CRIT_HEADER', 'FAST_JWT_INVALID_TYPE'].includes(Object(error).code)
}
