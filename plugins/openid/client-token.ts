/**
 * A token of this app's own, for calls to other services.
 *
 * @module
 */

import { APIKIT_ERR_OPENID_ANSWER } from './errors.ts'
import type { Metadata } from './metadata.ts'
import type { OAuth } from './protocol.ts'

export interface ClientTokenOptions {
  /** Scopes, separated by blanks. */
  readonly scope?: string
  /** Further parameters: `resource` (RFC 8707), `audience` (Auth0). */
  readonly parameters?: Readonly<Record<string, string>>
  /** Seconds before its end in which it is not used, if another can be had; 30 by default, and at most a third of its life. */
  readonly margin?: number
}

interface Held {
  readonly token: string
  /** From when on it is replaced in the background, then waited for; and its end. Milliseconds since 1970. */
  readonly renewAt: number
  readonly awaitAt: number
  readonly endsAt: number
}

/** Seconds that a token lives whose issuer does not say. */
const UNKNOWN_LIFE = 60

/**
 * One token, had by the client's own credentials, kept until shortly before it ends; one request is under way at a time.
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
   * The token, a new one where the old is about to end. As long as the old one is good, it is given when the issuer cannot be asked.
   *
   * @throws IssuerUnavailable
   * @throws APIKIT_ERR_OPENID_REFUSED when client id, secret or scope are wrong
   */
  async get (): Promise<string> {
    const held = this.#held
    const now = Date.now()
    if (held === undefined || now >= held.endsAt) return this.#renewed()
    if (now < held.renewAt) return held.token
    const renewed = this.#renewed().catch(() => held.token)
    return now < held.awaitAt ? held.token : renewed
  }

  /** Gives the token up: a service has refused it. Another that came meanwhile is kept. */
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
    if (type !== 'bearer') throw new APIKIT_ERR_OPENID_ANSWER('its token is no bearer token')
    const endsAt = askedAt + life * 1000
    const early = Math.min(margin, life / 3) * 1000
    this.#held = { token, renewAt: endsAt - 2 * early, awaitAt: endsAt - early, endsAt }
    return token
  }
}
