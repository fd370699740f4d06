/**
 * The session of a browser: a signed cookie with the claims of the user.
 *
 * @module
 */

import type * as jose from 'jose'
import type { TSchema } from '@fastify/type-provider-typebox'
import { parseCookies } from '../core/http/cookie-text.ts'
import { optionalPeer } from '../core/peer.ts'
import { type Dependency, dependency } from '../dependencies/index.ts'
import { Unauthorized } from '../errors/index.ts'
import { type Checked, CheckedTokens } from './checked-tokens.ts'
import { type RawClaims, Refused } from './refused.ts'
import { refusalOf } from './verifier.ts'

export interface SessionOptions {
  /** Name of the cookie. */
  readonly name: string
  /** The first signs, all verify. */
  readonly secrets: readonly string[]
  /** Seconds. */
  readonly maxAge: number
  /** `aud` of the cookie, so that a cookie of another app with the same secret is rejected. */
  readonly audience: string
  readonly claims: TSchema
}

/** Challenge for a browser without a valid session. */
export const SESSION_CHALLENGE = 'APIKey'

/** Bytes that browsers accept: RFC 6265 §6.1. */
const MAX_COOKIE = 4096

export class Session {
  readonly #options: SessionOptions
  readonly #jose: typeof jose
  readonly #keys: readonly Uint8Array[]
  readonly #checked: CheckedTokens

  constructor (options: SessionOptions) {
    this.#options = options
    this.#jose = optionalPeer<typeof jose>('fastify-apikit/openid', 'jose')
    this.#keys = options.secrets.map(secret => Buffer.from(secret))
    this.#checked = new CheckedTokens('login', { claims: options.claims, clients: undefined, cache: {}, keepsRefused: false, ask: token => this.#open(token) })
  }

  /** Returns the value of the cookie for the claims that the schema names, or why they cannot be a session. */
  async seal (claims: RawClaims): Promise<string | Refused> {
    const { name, maxAge, audience } = this.#options
    const names = Object.keys(Object(this.#options.claims.properties))
    const user = Object.fromEntries(names.filter(name => Object.hasOwn(claims, name)).map(name => [name, claims[name]]))
    const value = await new this.#jose.SignJWT({ user })
      .setProtectedHeader({ alg: 'HS256', typ: 'session' })
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + maxAge)
      .sign(this.#keys[0] as Uint8Array)
    if (name.length + value.length > MAX_COOKIE) {
      return new Refused('claims', `the claims make a cookie of ${name.length + value.length} bytes, and browsers accept ${MAX_COOKIE}. Name fewer claims in the schema of the login`)
    }
    const found = await this.#checked.check(value)
    return found instanceof Refused ? found : value
  }

  /** The user who has logged in; 401 without a valid session. */
  get user (): Dependency<unknown> {
    const { name } = this.#options
    const security = { Session: { type: 'apiKey', in: 'cookie', name } }
    return dependency({ name: 'user', security }, ({ request: { headers, log } }) => {
      const admit = (found: Checked | Refused | undefined): unknown => {
        if (found !== undefined && 'claims' in found) return found.claims
        if (found instanceof Refused) log.info({ code: found.code, reason: found.reason }, 'a session was rejected')
        throw new Unauthorized('Not authenticated', { 'www-authenticate': SESSION_CHALLENGE })
      }
      const { [name]: cookie } = parseCookies(headers.cookie ?? '')
      const found = cookie === undefined ? undefined : this.#checked.check(cookie)
      return found instanceof Promise ? found.then(admit) : admit(found)
    })
  }

  async #open (token: string): Promise<RawClaims | Refused> {
    let refused = new Refused('malformed')
    for (const key of this.#keys) {
      try {
        const { payload } = await this.#jose.jwtVerify(token, key, { algorithms: ['HS256'], audience: this.#options.audience, typ: 'session', requiredClaims: ['exp'] })
        return { ...Object(payload.user), exp: payload.exp }
      } catch (error) {
        refused = refusalOf(error)
      }
    }
    return refused
  }
}
