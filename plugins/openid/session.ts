/**
 * The session of a browser: a cookie that holds who logged in, signed by this app.
 *
 * @module
 */

import type * as fastJwt from 'fast-jwt'
import type { TSchema } from '@sinclair/typebox'
import { type Dependency, dependency } from '../dependencies/index.ts'
import { Unauthorized } from '../errors/index.ts'
import { parseCookies } from '../core/http/cookie-text.ts'
import { optionalPeer } from '../core/peer.ts'
import { CheckedTokens } from './checked-tokens.ts'
import { APIKIT_ERR_OPENID_SETUP } from './errors.ts'
import { type RawClaims, Refused } from './jwt.ts'

export interface SessionOptions {
  /** Of the cookie. */
  readonly name: string
  /** The first signs, all are taken. */
  readonly secrets: readonly string[]
  /** Seconds. */
  readonly maxAge: number
  /** Whose logins these are: a cookie of another app by the same secret is none. */
  readonly audience: string
  readonly claims: TSchema
}

/** What browsers take: RFC 6265 §6.1. */
const MAX_COOKIE = 4096

export class Session {
  readonly #options: SessionOptions
  readonly #jwt: typeof fastJwt
  readonly #verifiers: ReadonlyArray<(token: string) => unknown>
  readonly #checked: CheckedTokens

  constructor (options: SessionOptions) {
    const { secrets, audience, claims } = options
    this.#options = options
    this.#jwt = optionalPeer<typeof fastJwt>('fastify-apikit/openid', 'fast-jwt')
    this.#verifiers = secrets.map(key => this.#jwt.createVerifier({ key, algorithms: ['HS256'], allowedAud: audience, checkTyp: 'session', requiredClaims: ['aud', 'exp'] }))
    this.#checked = new CheckedTokens('login', { claims, clients: undefined, cache: {}, keepsRefused: false, ask: token => this.#open(token) })
  }

  /** The value of the cookie of somebody who has logged in: the claims that the schema names. */
  seal (claims: RawClaims): string {
    const { name, secrets: [key], maxAge, audience } = this.#options
    const names = Object.keys(Object(this.#options.claims.properties))
    const user = Object.fromEntries(names.filter(name => Object.hasOwn(claims, name)).map(name => [name, claims[name]]))
    const sign = this.#jwt.createSigner({ key: String(key), algorithm: 'HS256', expiresIn: maxAge * 1000, aud: audience, header: { alg: 'HS256', typ: 'session' } })
    const value = sign({ user })
    if (name.length + value.length > MAX_COOKIE) throw new APIKIT_ERR_OPENID_SETUP(`the claims of a login make a cookie of ${value.length} bytes; browsers take ${MAX_COOKIE}: name fewer in the schema`)
    return value
  }

  /** Why these claims would be no session. */
  problemOf (claims: RawClaims): string | undefined {
    const found = this.#checked.check(this.seal(claims))
    return found instanceof Refused ? found.reason : undefined
  }

  /** Who has logged in; 401 when nobody has. */
  get user (): Dependency<unknown> {
    const { name } = this.#options
    const security = { Session: { type: 'apiKey', in: 'cookie', name } }
    return dependency({ name: 'user', security }, ({ request: { headers, log } }) => {
      const { [name]: cookie } = parseCookies(headers.cookie ?? '')
      const found = cookie === undefined ? undefined : this.#checked.check(cookie)
      if (found !== undefined && 'claims' in found) return found.claims
      if (found instanceof Refused) log.info({ reason: found.reason }, 'a session was refused')
      throw new Unauthorized('Not authenticated', { 'www-authenticate': 'APIKey' })
    })
  }

  #open (token: string): RawClaims | Refused {
    let reason = ''
    for (const verify of this.#verifiers) {
      try {
        const { user, exp }: { user?: object, exp?: unknown } = Object(verify(token))
        return { ...user, exp }
      } catch (error) {
        reason = String(Object(error).message)
      }
    }
    return new Refused(reason)
  }
}
