/**
 * A token for a client that shows its own credentials.
 *
 * @module
 */

import { APIKIT_ERR_OPENID_ANSWER } from './errors.ts'
import type { Metadata } from './metadata.ts'
import { TokenRefused } from './refusals.ts'
import type { Transport } from './transport.ts'

export interface TokenProxyOptions {
  /** Scopes, separated by blanks. */
  readonly scope?: string
  /** Further parameters: `resource` (RFC 8707), `audience` (Auth0). */
  readonly parameters?: Readonly<Record<string, string>>
}

/**
 * What the issuer answers: nothing else of the client's request is passed on.
 *
 * @param authorization the client's header
 * @throws TokenRefused with the issuer's answer, of any status but 200
 * @throws IssuerUnavailable when there is none
 */
export async function tokenFor (transport: Transport, metadata: Metadata, authorization: string, { scope, parameters }: TokenProxyOptions): Promise<unknown> {
  const { token_endpoint: url } = await metadata.get('token')
  const response = await transport.send(String(url), {
    method: 'POST',
    headers: { accept: 'application/json', authorization, 'cache-control': 'no-cache', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...parameters, ...scope === undefined ? {} : { scope } }).toString()
  })
  const text = await response.text()
  if (response.status !== 200) throw new TokenRefused(text)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw Object.assign(new APIKIT_ERR_OPENID_ANSWER('its token is no JSON'), { cause })
  }
}
