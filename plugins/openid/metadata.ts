/**
 * The endpoints of an issuer: given as options, or discovered.
 *
 * @module
 */

import type { AuthorizationServer } from 'oauth4webapi'
import { APIKIT_ERR_OPENID_ANSWER } from './errors.ts'
import { type IssuerOptions, isSafe } from './options.ts'
import type { OAuth } from './protocol.ts'
import { IssuerUnavailable } from './refusals.ts'
import { PAUSE } from './transport.ts'

const FIELDS = { authorization: 'authorization_endpoint', introspection: 'introspection_endpoint', jwks: 'jwks_uri', token: 'token_endpoint' } as const

export type Endpoint = keyof typeof FIELDS

export class Metadata {
  readonly #issuer: string
  readonly #allowHttp: boolean
  readonly #maxAge: number
  readonly #oauth: OAuth
  readonly #given: AuthorizationServer
  #discovered: Promise<AuthorizationServer> | undefined
  #answeredAt = -Infinity
  #isAsking = false
  #hasFailed = true

  constructor ({ issuer, endpoints, allowHttp, maxKeyAge }: IssuerOptions, oauth: OAuth) {
    this.#issuer = issuer
    this.#allowHttp = allowHttp
    this.#maxAge = maxKeyAge * 1000
    this.#oauth = oauth
    const given = Object.entries(endpoints).map(([name, url]) => [FIELDS[name as Endpoint], url])
    this.#given = { issuer, ...Object.fromEntries(given) }
  }

  /** Returns the URL of an endpoint that the options have. */
  given (endpoint: Endpoint): string | undefined {
    return this.#given[FIELDS[endpoint]]
  }

  /**
   * Returns the metadata with at least the needed endpoints. Asks the issuer only if the options lack one.
   *
   * @throws IssuerUnavailable
   * @throws APIKIT_ERR_OPENID_ANSWER when the issuer has no such endpoint
   */
  async get (...needed: Endpoint[]): Promise<AuthorizationServer> {
    if (needed.every(endpoint => this.given(endpoint) !== undefined)) return this.#given
    const server = { ...await this.#discover(), ...this.#given }
    const missing = needed.find(endpoint => server[FIELDS[endpoint]] === undefined)
    if (missing !== undefined) throw new APIKIT_ERR_OPENID_ANSWER(`its metadata has no ${FIELDS[missing]}. If it has one, set endpoints.${missing}`)
    return server
  }

  /**
   * Returns whether the issuer declares that it sends `iss` back with a code. False without metadata.
   *
   * @throws IssuerUnavailable
   * @see https://www.rfc-editor.org/rfc/rfc9207#section-3
   */
  async sendsIss (): Promise<boolean> {
    try {
      return (await this.#discover()).authorization_response_iss_parameter_supported === true
    } catch (error) {
      if (error instanceof IssuerUnavailable) throw error
      return false
    }
  }

  /** Asks once for all callers, and again in the background when the answer is old. A failure is kept for a moment. */
  #discover (): Promise<AuthorizationServer> {
    if (!this.#isAsking && Date.now() - this.#answeredAt >= (this.#hasFailed ? PAUSE : this.#maxAge)) {
      this.#isAsking = true
      const asked = this.#ask().finally(() => { this.#isAsking = false; this.#answeredAt = Date.now() })
      if (this.#hasFailed) this.#discovered = asked
      asked.then(() => { this.#discovered = asked; this.#hasFailed = false }, () => {})
    }
    return this.#discovered as Promise<AuthorizationServer>
  }

  async #ask (): Promise<AuthorizationServer> {
    const found = await this.#oauth.discover(new URL(this.#issuer))
    // The same URL is not enough: `iss` is compared as a string.
    if (found.issuer !== this.#issuer) throw new APIKIT_ERR_OPENID_ANSWER(`its metadata has the issuer ${JSON.stringify(found.issuer)}. The option issuer must be this very string`)
    for (const field of Object.values(FIELDS)) {
      const url = found[field]
      if (url !== undefined && !isSafe(String(url), this.#allowHttp)) throw new APIKIT_ERR_OPENID_ANSWER(`the ${field} in its metadata must be an https URL`)
    }
    return found
  }
}
