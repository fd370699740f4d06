/**
 * The app's own token for calls to other services.
 *
 * @module
 */

import { APIKIT_ERR_OPENID_ANSWER } from './errors.ts'
import type { Metadata } from './metadata.ts'
import type { OAuth } from './protocol.ts'

export interface ClientTokenOptions {
  /** Scopes, separated by spaces. */
  readonly scope?: string
  /** Further parameters: `resource` (RFC 8707), `audience` (Auth0). */
  readonly parameters?: Readonly<Record<string, string>>
  /** Seconds before its expiry at which a new token is required. 30 by default, and at most a third of its lifetime. */
  readonly margin?: number
}

interface Held {
  readonly token: string
  /** When it is renewed in the background, when callers wait for that, and when it expires; milliseconds since 1970. */
  readonly renewAt: number
  readonly awaitAt: number
  readonly endsAt: number
}

/** Lifetime in seconds of a token without `expires_in`. */
const UNKNOWN_LIFE = 60

/**
 * Requests a token with client credentials and keeps it until shortly before it expires. Concurrent callers share one request.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export class ClientToken {
  readonly #oauth: OAuth
  readonly #metadata: Metadata
  readonly #options: ClientTokenOptions
  #held: Held | undefined
  #pending: Promise<string> | undefined

  constructor (oauth: OAuth, metadata: Metadata, options: ClientTokenOptions) {
    this.#oauth = oauth
    this.#metadata = metadata
    this.#options = options
  }

  /**
   * Returns the token, a new one when the old is about to expire. While the issuer is unavailable, returns the old one until it expires.
   *
   * @throws IssuerUnavailable
   * @throws APIKIT_ERR_OPENID_REFUSED when the client id, the secret or the scope is wrong
   */
  async get (): Promise<string> {
    const held = this.#held
    const now = Date.now()
    if (held === undefined || now >= held.endsAt) return this.#renewed()
    if (now < held.renewAt) return held.token
    const renewed = this.#renewed().catch(() => held.token)
    return now < held.awaitAt ? held.token : renewed
  }

  /** Discards a token that a service has rejected. A newer one is kept. */
  forget (token: string): void {
    if (this.#held?.token === token) this.#held = undefined
  }

  #renewed (): Promise<string> {
    this.#pending ??= this.#renew().finally(() => { this.#pending = undefined })
    return this.#pending
  }

  async #renew (): Promise<string> {
    const { scope, parameters, margin = 30 } = this.#options
    const askedAt = Date.now()
    const answer = await this.#oauth.clientCredentials(await this.#metadata.get('token'), { ...parameters, ...scope === undefined ? {} : { scope } })
    const { access_token: token, token_type: type, expires_in: life = UNKNOWN_LIFE } = answer
    if (type !== 'bearer') throw new APIKIT_ERR_OPENID_ANSWER('the token_type of its token is not bearer')
    const endsAt = askedAt + life * 1000
    const early = Math.min(margin, life / 3) * 1000
    this.#held = { token, renewAt: endsAt - 2 * early, awaitAt: endsAt - early, endsAt }
    return token
  }
}
