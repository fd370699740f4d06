/**
 * Where the endpoints of an issuer are: told, or found by discovery.
 *
 * @module
 */

import type { AuthorizationServer } from 'oauth4webapi'
import { APIKIT_ERR_OPENID_ANSWER } from './errors.ts'
import { type IssuerOptions, isSafe } from './options.ts'
import type { OAuth } from './protocol.ts'
import { Refreshed } from './refreshed.ts'

const FIELDS = { authorization: 'authorization_endpoint', introspection: 'introspection_endpoint', jwks: 'jwks_uri', token: 'token_endpoint' } as const

export type Endpoint = keyof typeof FIELDS

/** Milliseconds between two tries. */
const PAUSE = 1000

export class Metadata {
  readonly #issuer: string
  readonly #allowHttp: boolean
  readonly #told: AuthorizationServer
  readonly #found: Refreshed<AuthorizationServer>

  constructor ({ issuer, endpoints, allowHttp, maxKeyAge, maxKeyStale }: IssuerOptions, oauth: OAuth) {
    this.#issuer = issuer
    this.#allowHttp = allowHttp
    const told = Object.entries(endpoints).map(([name, url]) => [FIELDS[name as Endpoint], url])
    this.#told = { issuer, ...Object.fromEntries(told) }
    this.#found = new Refreshed({ load: () => this.#discover(oauth), maxAge: maxKeyAge * 1000, maxStale: maxKeyStale * 1000, pause: PAUSE })
  }

  /** The URL of an endpoint that was told; discovery would take a promise. */
  told (endpoint: Endpoint): string | undefined {
    return this.#told[FIELDS[endpoint]]
  }

  /**
   * What is known of the issuer: at least the endpoints that are needed.
   *
   * @throws IssuerUnavailable
   * @throws APIKIT_ERR_OPENID_ANSWER when there is no such endpoint
   */
  async get (...needed: Endpoint[]): Promise<AuthorizationServer> {
    if (needed.every(endpoint => this.told(endpoint) !== undefined)) return this.#told
    const server = { ...await this.#found.get(), ...this.#told }
    const missing = needed.find(endpoint => server[FIELDS[endpoint]] === undefined)
    if (missing !== undefined) throw new APIKIT_ERR_OPENID_ANSWER(`its metadata has no ${FIELDS[missing]}; if there is one, give it as endpoints.${missing}`)
    return server
  }

  async #discover (oauth: OAuth): Promise<AuthorizationServer> {
    const found = await oauth.discover(new URL(this.#issuer))
    // The same URL is not enough: `iss` is compared as text.
    if (found.issuer !== this.#issuer) throw new APIKIT_ERR_OPENID_ANSWER(`it calls itself ${JSON.stringify(found.issuer)}; the option issuer has to be that very text`)
    for (const field of Object.values(FIELDS)) {
      const url = found[field]
      if (url !== undefined && !isSafe(String(url), this.#allowHttp)) throw new APIKIT_ERR_OPENID_ANSWER(`the ${field} in its metadata is no https URL`)
    }
    return found
  }
}
