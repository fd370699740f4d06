/**
 * What a token has to say for itself once its signature is right: PyJWT's rules, which FastAPI's users know.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc7519#section-4.1
 */

/** The claims of a token. They are frozen, since tokens that come again share them. */
export interface Claims {
  readonly iss?: string
  readonly sub?: string
  readonly aud?: string | readonly string[]
  /** Seconds since 1970. */
  readonly exp?: number
  readonly nbf?: number
  readonly iat?: number
  readonly jti?: string
  /** OAuth2 scopes, between blanks. */
  readonly scope?: string
  readonly [claim: string]: unknown
}

export interface Expected {
  readonly issuer: string | undefined
  /** One of them; without any, a token for somebody is for somebody else. */
  readonly audience: readonly string[]
  readonly requiredClaims: readonly string[]
  /** Seconds. */
  readonly clockTolerance: number
}

/** How long claims hold, in milliseconds since 1970. */
export interface Validity {
  readonly from: number
  readonly until: number
}

/** @returns what is wrong with the claims, or how long they hold */
export function checkClaims (claims: Readonly<Record<string, unknown>>, expected: Expected): string | Validity {
  const { iss, sub, aud, exp, nbf, iat, jti } = claims
  for (const claim of expected.requiredClaims) if (claims[claim] === undefined) return `it has no claim "${claim}"`
  for (const [name, time] of [['exp', exp], ['nbf', nbf], ['iat', iat]]) if (time !== undefined && !Number.isFinite(time)) return `its "${String(name)}" is no number`
  for (const [name, text] of [['sub', sub], ['jti', jti], ['iss', iss]]) if (text !== undefined && typeof text !== 'string') return `its "${String(name)}" is no text`

  if (expected.issuer !== undefined && iss !== expected.issuer) return 'it is of another issuer'
  const audience = [aud ?? []].flat().filter(one => one !== '')
  if (!audience.every(one => typeof one === 'string')) return 'its "aud" is no text'
  const isForSomebody = audience.length > 0 || expected.audience.length > 0
  if (isForSomebody && !audience.some(one => expected.audience.includes(one))) return 'it is for another audience'

  const tolerance = expected.clockTolerance * 1000
  return {
    from: Math.max(milliseconds(nbf, 0), milliseconds(iat, 0)) - tolerance,
    until: milliseconds(exp, Infinity) + tolerance
  }
}

function milliseconds (seconds: unknown, otherwise: number): number {
  return typeof seconds === 'number' ? seconds * 1000 : otherwise
}

/** Freezes what is in a token, to its depth. */
export function freeze<Value> (value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) freeze(part)
  return Object.freeze(value)
}
