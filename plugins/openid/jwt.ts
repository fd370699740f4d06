/**
 * JSON Web Tokens of an issuer, verified here.
 *
 * @module
 */

import type * as fastJwt from 'fast-jwt'
import { optionalPeer } from '../core/peer.ts'
import type { Key, KeySet } from './key-set.ts'

/** The claims of a token, as they are in it. */
export type RawClaims = Readonly<Record<string, unknown>>

/** Why a token is not taken: for the log. */
export class Refused {
  readonly reason: string

  constructor (reason: string) {
    this.reason = reason
  }
}

export interface Expected {
  readonly issuer: string
  /** One of these has to be in `aud`. */
  readonly audience: readonly string[]
  /** Seconds that clocks may differ. */
  readonly leeway: number
  /** The `typ` of the header, in lower case; any unless given. */
  readonly typ?: string | undefined
  /** Says what else is wrong. */
  readonly check?: (claims: RawClaims) => string | undefined
}

type Verify = (token: string) => RawClaims

export class JwtVerifier {
  readonly #keys: KeySet
  readonly #expected: Expected
  readonly #createVerifier: typeof fastJwt.createVerifier
  /** One for each key: preparing a key costs as much as a signature. */
  readonly #verifiers = new WeakMap<Key, Verify>()

  constructor (keys: KeySet, expected: Expected) {
    this.#keys = keys
    this.#expected = expected
    this.#createVerifier = optionalPeer<typeof fastJwt>('fastify-apikit/openid', 'fast-jwt').createVerifier
  }

  /** @throws IssuerUnavailable, at once or later, when its keys cannot be had */
  verify (token: string): RawClaims | Refused | Promise<RawClaims | Refused> {
    const kid = kidOf(token)
    if (kid === undefined) return new Refused('it is no JWT with a kid')
    const key = this.#keys.find(kid)
    return key instanceof Promise ? key.then(key => this.#by(key, token)) : this.#by(key, token)
  }

  #by (key: Key | undefined, token: string): RawClaims | Refused {
    if (key === undefined) return new Refused('its kid is none of the issuer’s')
    let verify = this.#verifiers.get(key)
    if (verify === undefined) this.#verifiers.set(key, verify = this.#verifier(key))
    try {
      const claims = verify(token)
      const problem = timeProblem(claims, this.#expected.leeway) ?? this.#expected.check?.(claims)
      return problem === undefined ? claims : new Refused(problem)
    } catch (error) {
      return new Refused(String(Object(error).message))
    }
  }

  #verifier ({ pem, algorithms }: Key): Verify {
    const { issuer, audience, leeway, typ } = this.#expected
    return this.#createVerifier({
      key: pem,
      algorithms: [...algorithms] as fastJwt.Algorithm[],
      allowedIss: issuer,
      allowedAud: [...audience],
      requiredClaims: ['iss', 'aud', 'exp', 'iat'],
      clockTolerance: leeway * 1000,
      ...typ === undefined ? {} : { checkTyp: typ }
    })
  }
}

/** RFC 7519 §4.1: the library lets a token go on to the very second it ends, and does not look at `iat`. */
function timeProblem ({ exp, iat }: RawClaims, leeway: number): string | undefined {
  const now = Date.now() / 1000
  if (typeof exp !== 'number' || typeof iat !== 'number') return 'its exp or iat is no number'
  if (now >= exp + leeway) return 'it has expired'
  return iat > now + leeway ? 'it was issued in the future' : undefined
}

/** The header is read before the signature is known: nothing of it is believed but which of the issuer's own keys to try. */
function kidOf (token: string): string | undefined {
  const dot = token.indexOf('.')
  if (dot === -1) return undefined
  try {
    const { kid }: { kid?: unknown } = Object(JSON.parse(Buffer.from(token.slice(0, dot), 'base64url').toString()))
    return typeof kid === 'string' ? kid : undefined
  } catch {
    return undefined
  }
}
