/**
 * Asks an issuer about a token.
 *
 * @module
 */

import type { IntrospectionResponse } from 'oauth4webapi'
import type { Metadata } from './metadata.ts'
import type { IssuerOptions } from './options.ts'
import type { OAuth } from './protocol.ts'
import { type RawClaims, Refused } from './refused.ts'

/**
 * @throws IssuerUnavailable
 * @see https://www.rfc-editor.org/rfc/rfc7662
 */
export async function introspect (oauth: OAuth, metadata: Metadata, options: IssuerOptions, token: string): Promise<RawClaims | Refused> {
  const answer = await oauth.introspect(await metadata.get('introspection'), token)
  return refusalOf(answer, options) ?? answer
}

/** Checks what the response may have: RFC 7662 §2.2. */
function refusalOf ({ active, exp, nbf, iss, aud }: IntrospectionResponse, { issuer, audience, clockTolerance }: IssuerOptions): Refused | undefined {
  const now = Date.now() / 1000
  if (!active) return new Refused('inactive')
  if (exp !== undefined && now >= exp + clockTolerance) return new Refused('expired')
  if (nbf !== undefined && nbf > now + clockTolerance) return new Refused('not_yet_valid')
  if (iss !== undefined && iss !== issuer) return new Refused('issuer')
  const isForOthers = audience !== undefined && aud !== undefined && ![aud].flat().some(name => [audience].flat().includes(name))
  return isForOthers ? new Refused('audience') : undefined
}
