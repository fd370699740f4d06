/**
 * Verifies JSON Web Tokens of an issuer with jose.
 *
 * @module
 * @see https://github.com/panva/jose/blob/main/docs/jwt/verify/functions/jwtVerify.md
 */

import type * as jose from 'jose'
import { optionalPeer } from '../core/peer.ts'
import { InvalidToken, type InvalidTokenCode } from '../jwt/index.ts'
import type { KeySet } from './key-set.ts'
import { type RawClaims, Refused } from './refused.ts'

export interface Expected {
  readonly issuer: string
  /** One of these must be in `aud`. */
  readonly audience: readonly string[]
  readonly algorithms: readonly string[]
  /** Seconds. */
  readonly clockTolerance: number
  /** The `typ` of the header; any by default. */
  readonly typ?: string | undefined
}

/** A check of the claims and the header of a token whose signature is valid. */
export type Check = (claims: RawClaims, header: RawClaims) => Refused | undefined

const CODES: Readonly<Record<string, InvalidTokenCode>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: 'algorithm',
  ERR_JOSE_NOT_SUPPORTED: 'malformed', // `crit`
  ERR_JWKS_NO_MATCHING_KEY: 'key',
  ERR_JWS_INVALID: 'malformed',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'signature',
  ERR_JWT_CLAIM_VALIDATION_FAILED: 'claims',
  ERR_JWT_EXPIRED: 'expired',
  ERR_JWT_INVALID: 'malformed'
}

const CODES_OF_CLAIMS: Readonly<Record<string, InvalidTokenCode>> = { aud: 'audience', iat: 'not_yet_valid', iss: 'issuer', nbf: 'not_yet_valid', typ: 'type' }

export class JwtVerifier {
  readonly #verify: typeof jose.jwtVerify
  readonly #keys: KeySet
  readonly #options: jose.JWTVerifyOptions

  constructor (keys: KeySet, { issuer, audience, algorithms, clockTolerance, typ }: Expected) {
    this.#verify = optionalPeer<typeof jose>('fastify-apikit/openid', 'jose').jwtVerify
    this.#keys = keys
    this.#options = {
      issuer,
      audience: [...audience],
      algorithms: [...algorithms],
      clockTolerance,
      requiredClaims: ['exp'],
      maxTokenAge: Number.MAX_SAFE_INTEGER, // iat is required, and not in the future
      ...typ !== undefined && { typ }
    }
  }

  /**
   * Returns the claims of a valid token.
   *
   * @throws IssuerUnavailable, APIKIT_ERR_OPENID_REFUSED or APIKIT_ERR_OPENID_ANSWER when the keys cannot be fetched
   */
  async verify (token: string, check?: Check): Promise<RawClaims | Refused> {
    const verified = await this.#verify(token, this.#keys.find, this.#options).catch(refusalOf)
    if (verified instanceof Refused) return verified
    return check?.(verified.payload, verified.protectedHeader) ?? verified.payload
  }
}

/**
 * Returns why jose rejects a token.
 *
 * @throws the error when it is not about the token
 */
export function refusalOf (error: unknown): Refused {
  if (error instanceof InvalidToken) return new Refused(error.code, error.reason)
  const { code, claim, reason, message, statusCode }: Record<string, unknown> = Object(error)
  if (statusCode !== undefined) throw error
  const ofClaim = reason === 'check_failed' ? CODES_OF_CLAIMS[String(claim)] : undefined
  // An error without a known code is about the key: too short, or none that can be imported.
  return new Refused((code === 'ERR_JWT_CLAIM_VALIDATION_FAILED' ? ofClaim : undefined) ?? CODES[String(code)] ?? 'key', String(message))
}
