import { createHash } from 'node:crypto'
import { type RawClaims, Refused } from './refused.ts'

/**
 * Checks what an ID token has beside the claims of every JWT: the client, the access token it came with, and that it is no token
 * of another kind.
 *
 * @returns why it is rejected, or undefined
 * @see https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
 */
export function refusalOfIdToken ({ azp, at_hash: hash }: RawClaims, { alg, typ }: RawClaims, clientId: string, accessToken: unknown): Refused | undefined {
  if (typ !== undefined && !/^(application\/)?jwt$/i.test(String(typ))) return new Refused('type', `the typ of an ID token is ${JSON.stringify(typ)}`)
  if (azp !== undefined && azp !== clientId) return new Refused('client')
  return hash === undefined || hash === hashOf(String(accessToken), String(alg)) ? undefined : new Refused('at_hash')
}

/** @see https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken */
function hashOf (accessToken: string, algorithm: string): string {
  const digest = createHash(algorithm === 'EdDSA' ? 'sha512' : `sha${algorithm.slice(2)}`).update(accessToken).digest()
  return digest.subarray(0, digest.length / 2).toString('base64url')
}
