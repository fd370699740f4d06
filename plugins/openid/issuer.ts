/**
 * An issuer of tokens: what can be asked of it, and dependencies that ask it.
 *
 * @module
 */

import { type Static, type TObject, type TSchema, Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import type { IntrospectionResponse } from 'oauth4webapi'
import { type Dependency, dependency } from '../dependencies/index.ts'
import { Unauthorized } from '../errors/index.ts'
import { bearerOf } from './bearer.ts'
import { CheckedTokens } from './checked-tokens.ts'
import { TokenClaims } from './claims.ts'
import { askForClient, ClientToken, type ClientTokenOptions, type TokenProxyOptions } from './client-token.ts'
import { APIKIT_ERR_OPENID_ANSWER, APIKIT_ERR_OPENID_SETUP } from './errors.ts'
import { JwtVerifier, type RawClaims, Refused } from './jwt.ts'
import { KeySet } from './key-set.ts'
import { DAY, isSecure, LoginPages } from './login.ts'
import { Metadata } from './metadata.ts'
import type { IssuerOptions } from './options.ts'
import { OAuth } from './protocol.ts'
import { TokenRefused } from './refusals.ts'
import { Session } from './session.ts'
import { type TokenOptions, tokenDependency } from './token-dependency.ts'
import { Transport } from './transport.ts'

export interface JwksOptions<Claims extends TSchema = typeof TokenClaims> extends TokenOptions<Claims> {
  /** What `aud` has to be, or to contain, one of these; the option `audience` of the plugin by default. */
  readonly audience?: string | readonly string[]
  /** The `typ` of the token's header, such as `at+jwt` (RFC 9068); any by default. */
  readonly typ?: string
}

export interface TokenProxyDependencyOptions extends TokenProxyOptions {
  /** Where the caller's credentials come from; the `Authorization` header by default, and 401 without one. */
  readonly authorization?: Dependency<string>
}

/** What is known of somebody who has logged in, unless a schema says otherwise. */
export const UserClaims = Type.Object({ sub: Type.String(), name: Type.Optional(Type.String()), email: Type.Optional(Type.String()) })

export interface Login<User> {
  /** A plugin: `GET /login?return_to=/path`, `GET /login/callback` and `POST /logout`, below the prefix that `callbackUri` has. */
  readonly routes: FastifyPluginAsync
  /** Who has logged in; 401 when nobody has. */
  readonly user: Dependency<User>
}

export class Issuer {
  readonly #options: IssuerOptions
  readonly #transport: Transport
  readonly #oauth: OAuth
  readonly #metadata: Metadata
  readonly #keys: KeySet
  readonly #bearer: Dependency<string>

  constructor (options: IssuerOptions) {
    this.#options = options
    this.#transport = new Transport({ ...options, fetch: options.fetch ?? fetch })
    this.#oauth = new OAuth(options, this.#transport)
    this.#metadata = new Metadata(options, this.#oauth)
    this.#keys = new KeySet(options, this.#transport, this.#metadata)
    this.#bearer = bearerOf(options.issuer)
  }

  /** The `iss` of its tokens. */
  get url (): string {
    return this.#options.issuer
  }

  /** The token of the `Authorization` header, unchecked; in the document a scheme of the kind `openIdConnect`. */
  get bearer (): Dependency<string> {
    return this.#bearer
  }

  /**
   * The claims of an access token that is a JWT, verified here by the issuer's keys: signature, `iss`, `aud`, `exp`, `iat`, `nbf`,
   * and the client, if `clients` are given.
   *
   * ```ts
   * const token = app.openid.jwks({ claims: Type.Object({ sub: Type.String(), scp: Type.Array(Type.String()) }) })
   * app.get('/me', { config: { depends: { token: scoped(token, ['profile']) } } }, async ({ deps: { token } }) => token.sub)
   * ```
   *
   * @throws APIKIT_ERR_OPENID_SETUP without an audience: tokens for others would pass
   * @see https://www.rfc-editor.org/rfc/rfc9068#section-4
   */
  jwks<Claims extends TSchema = typeof TokenClaims> (options: JwksOptions<Claims> = {}): Dependency<Static<Claims>> {
    const { audience = this.#options.audience, typ, claims = TokenClaims, clients, cache = {} } = options
    if (audience === undefined) throw new APIKIT_ERR_OPENID_SETUP('jwks needs an audience, here or among the options of the plugin; or tokens made for others would be taken')
    const { issuer, leeway } = this.#options
    const verifier = new JwtVerifier(this.#keys, { issuer, leeway, audience: [audience].flat(), typ })
    const tokens = new CheckedTokens('jwks', { claims, clients, cache, keepsRefused: false, ask: token => verifier.verify(token) })
    this.#keys.onWithdrawal(() => { tokens.forgetAll() })
    return tokenDependency(tokens, 'jwks', this.#bearer, options) as Dependency<Static<Claims>>
  }

  /**
   * What the issuer says of an access token of any kind. Its answers are kept for a short time: `cache.ttl` is how long a token that
   * was revoked may still be taken.
   *
   * @throws APIKIT_ERR_OPENID_SETUP without client id and secret
   * @see https://www.rfc-editor.org/rfc/rfc7662
   */
  introspection<Claims extends TSchema = typeof TokenClaims> (options: TokenOptions<Claims> = {}): Dependency<Static<Claims>> {
    this.#oauth.requireClient('introspection')
    const { claims = TokenClaims, clients, cache = {} } = options
    const tokens = new CheckedTokens('introspection', { claims, clients, cache, keepsRefused: true, ask: token => this.#introspect(token) })
    return tokenDependency(tokens, 'introspection', this.#bearer, options) as Dependency<Static<Claims>>
  }

  /**
   * A token of this app's own for calls to other services: `await token.get()`.
   *
   * @throws APIKIT_ERR_OPENID_SETUP without client id and secret
   */
  clientToken (options: ClientTokenOptions = {}): ClientToken {
    this.#oauth.requireClient('clientToken')
    return new ClientToken(this.#oauth, this.#metadata, options)
  }

  /**
   * What the issuer answers when a client asks for a token through this app, by the credentials in its own `Authorization` header.
   * Nothing else of its request is passed on. Any status but 200 is the error `TokenRefused`: 400 with the issuer's answer as text.
   */
  tokenProxy ({ authorization = authorizationHeader, ...options }: TokenProxyDependencyOptions = {}): Dependency<unknown> {
    return dependency({ name: 'tokenProxy', needs: { authorization } }, async ({ authorization, reply }) => {
      const response = await askForClient(this.#transport, this.#metadata, authorization, options)
      const text = await response.text()
      if (response.status !== 200) throw new TokenRefused(text)
      reply.header('cache-control', 'no-store') // RFC 6749 §5.1
      try {
        return JSON.parse(text)
      } catch (cause) {
        throw Object.assign(new APIKIT_ERR_OPENID_ANSWER('its token is no JSON'), { cause })
      }
    })
  }

  /** Whether the options have a `login`. */
  get hasLogin (): boolean {
    return this.#options.login !== undefined
  }

  /**
   * The login of a browser, with a session in a cookie.
   *
   * ```ts
   * const { routes, user } = app.openid.login({ claims: Type.Object({ sub: Type.String(), email: Type.String() }) })
   * await app.register(routes) // GET /login, GET /login/callback, POST /logout
   * app.get('/me', { config: { depends: { user } } }, async ({ deps: { user } }) => user.email)
   * ```
   *
   * @throws APIKIT_ERR_OPENID_SETUP without the options `login`, `clientId` and `clientSecret`
   * @see https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
   */
  login<Claims extends TObject = typeof UserClaims> ({ claims }: { readonly claims?: Claims } = {}): Login<Static<Claims>> {
    const options = this.#options
    const { login, clientId = '', issuer, leeway } = options
    if (login === undefined) throw new APIKIT_ERR_OPENID_SETUP('login needs the option login')
    this.#oauth.requireClient('login')
    const cookieName = login.cookieName ?? `${isSecure(login) ? '__Host-' : ''}session`
    const session = new Session({
      name: cookieName, secrets: [login.secret].flat(), maxAge: login.maxAge ?? DAY, audience: `${issuer} ${clientId}`, claims: claims ?? UserClaims
    })
    const check = ({ azp }: RawClaims) => azp === undefined || azp === clientId ? undefined : 'it was made for another client'
    const verifier = new JwtVerifier(this.#keys, { issuer, leeway, audience: [clientId], check })
    const pages = new LoginPages({ options: { ...options, login }, metadata: this.#metadata, session, cookieName, verifier })
    return { routes: pages.routes, user: session.user as Dependency<Static<Claims>> }
  }

  /** Ends what is under way. */
  close (): void {
    this.#transport.close()
  }

  async #introspect (token: string): Promise<RawClaims | Refused> {
    const answer = await this.#oauth.introspect(await this.#metadata.get('introspection'), token)
    const problem = problemOf(answer, this.#options)
    return problem === undefined ? answer : new Refused(problem)
  }
}

const authorizationHeader = dependency({ name: 'authorization' }, ({ request: { headers: { authorization } } }) => {
  if (authorization === undefined) throw new Unauthorized('Not authenticated', { 'www-authenticate': 'Basic' })
  return authorization
})

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
