/**
 * What an issuer says of a token.
 *
 * @module
 */

import type { IntrospectionResponse } from 'oauth4webapi'
import { type RawClaims, Refused } from './jwt.ts'
import type { Metadata } from './metadata.ts'
import type { IssuerOptions } from './options.ts'
import type { OAuth } from './protocol.ts'

/**
 * @throws IssuerUnavailable
 * @see https://www.rfc-editor.org/rfc/rfc7662
 */
export async function introspect (oauth: OAuth, metadata: Metadata, options: IssuerOptions, token: string): Promise<RawClaims | Refused> {
  const answer = await oauth.introspect(await metadata.get('introspection'), token)
  const problem = problemOf(answer, options)
  return problem === undefined ? answer : new Refused(problem)
}

/** What the issuer need not say, and is held to if it does: RFC 7662 §2.2. */
function problemOf ({ active, exp, nbf, iss, aud }: IntrospectionResponse, { issuer, audience, leeway }: IssuerOptions): string | undefined {
  const now = Date.now() / 1000
  if (!active) return 'it is not active'
  if (exp !== undefined && now >= exp) return 'it has expired'
  if (nbf !== undefined && nbf > now + leeway) return 'it is not valid yet'
  if (iss !== undefined && iss !== issuer) return 'it is of another issuer'
  const isForOthers = audience !== undefined && aud !== undefined && ![aud].flat().some(name => [audience].flat().includes(name))
  return isForOthers ? 'it is meant for another audience' : undefined
}
