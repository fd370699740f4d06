/**
 * Checks the claims of a token by PyJWT's rules, which FastAPI's users know.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc7519#section-4.1
 */

import { type TokenProblem, tokenProblem } from './invalid-token.ts'

/** The claims of a token. They are frozen, since requests with the same token share them. */
export interface Claims {
  readonly iss?: string
  readonly sub?: string
  readonly aud?: string | readonly string[]
  /** Seconds since 1970, as `nbf` and `iat`. */
  readonly exp?: number
  readonly nbf?: number
  readonly iat?: number
  readonly jti?: string
  /** OAuth2 scopes, separated by spaces. */
  readonly scope?: string
  readonly [claim: string]: unknown
}

export interface Expected {
  readonly issuer: string | undefined
  /** One of these must be in `aud`. If the list is empty, a token with an `aud` is rejected. */
  readonly audience: readonly string[]
  readonly requiredClaims: readonly string[]
  /** Seconds. */
  readonly clockTolerance: number
}

/** When claims are valid, in milliseconds since 1970. */
export interface Validity {
  readonly from: number
  readonly until: number
}

/** Returns when the claims are valid, or what is wrong with them. */
export function checkClaims (claims: Readonly<Record<string, unknown>>, expected: Expected): Validity | TokenProblem {
  const { iss, sub, aud, exp, nbf, iat, jti } = claims
  for (const claim of expected.requiredClaims) if (claims[claim] === undefined) return tokenProblem('claims', `the claim "${claim}" is missing`)
  for (const [name, time] of [['exp', exp], ['nbf', nbf], ['iat', iat]]) if (time !== undefined && !Number.isFinite(time)) return tokenProblem('claims', `"${String(name)}" must be a number`)
  for (const [name, text] of [['sub', sub], ['jti', jti], ['iss', iss]]) if (text !== undefined && typeof text !== 'string') return tokenProblem('claims', `"${String(name)}" must be a string`)

  if (expected.issuer !== undefined && iss !== expected.issuer) return tokenProblem('issuer')
  const audience = [aud ?? []].flat().filter(one => one !== '')
  if (!audience.every(one => typeof one === 'string')) return tokenProblem('claims', '"aud" must be a string or an array of strings')
  const hasAudience = audience.length > 0 || expected.audience.length > 0
  if (hasAudience && !audience.some(one => expected.audience.includes(one))) return tokenProblem('audience')

  const tolerance = expected.clockTolerance * 1000
  return {
    from: Math.max(milliseconds(nbf, 0), milliseconds(iat, 0)) - tolerance,
    until: milliseconds(exp, Infinity) + tolerance
  }
}

function milliseconds (seconds: unknown, otherwise: number): number {
  return typeof seconds === 'number' ? seconds * 1000 : otherwise
}
