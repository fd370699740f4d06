/**
 * Passes a client's credentials on to the issuer.
 *
 * @module
 */

import { APIKIT_ERR_OPENID_ANSWER } from './errors.ts'
import type { Metadata } from './metadata.ts'
import { TokenRefused } from './refusals.ts'
import type { Transport } from './transport.ts'

export interface TokenProxyOptions {
  /** Scopes, separated by spaces. */
  readonly scope?: string
  /** Further parameters: `resource` (RFC 8707), `audience` (Auth0). */
  readonly parameters?: Readonly<Record<string, string>>
}

/**
 * Returns the issuer's response to the client's credentials. Nothing else of the client's request is passed on.
 *
 * @param authorization header of the client
 * @throws TokenRefused with the issuer's response, when its status is not 200
 * @throws IssuerUnavailable without a response
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
    throw Object.assign(new APIKIT_ERR_OPENID_ANSWER('its token response is not JSON'), { cause })
  }
}
