/**
 * An issuer of tokens: what can be asked of it, and dependencies that ask it.
 *
 * @module
 */

import { type Static, type TObject, type TSchema, Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { type Dependency, dependency } from '../dependencies/index.ts'
import { Unauthorized } from '../errors/index.ts'
import { type BearerFlow, discoveredBearer, flowBearer } from './bearer.ts'
import { CheckedTokens } from './checked-tokens.ts'
import { TokenClaims } from './claims.ts'
import { ClientToken, type ClientTokenOptions } from './client-token.ts'
import { APIKIT_ERR_OPENID_SETUP } from './errors.ts'
import { introspect } from './introspection.ts'
import { JwtVerifier, type RawClaims } from './jwt.ts'
import { KeySet } from './key-set.ts'
import { DAY, isSecure, LoginPages } from './login.ts'
import { Metadata } from './metadata.ts'
import type { IssuerOptions } from './options.ts'
import { OAuth } from './protocol.ts'
import { Session } from './session.ts'
import { type TokenOptions, tokenDependency } from './token-dependency.ts'
import { tokenFor, type TokenProxyOptions } from './token-proxy.ts'
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
    this.#bearer = discoveredBearer(options.issuer)
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
   * The same, documented by an OAuth 2.0 flow with the issuer's URLs, so that the Authorize of Swagger UI goes there.
   *
   * ```ts
   * const token = app.openid.bearerBy('authorizationCode', { 'items:read': 'Read items.' })
   * const caller = app.openid.jwks({ token })
   * ```
   *
   * @param scopes that can be asked for, with a text about each
   * @throws APIKIT_ERR_OPENID_SETUP when the option `endpoints` does not tell its URLs: the document is written without asking anybody
   */
  bearerBy (flow: BearerFlow, scopes: Readonly<Record<string, string>> = {}): Dependency<string> {
    const [authorizationUrl, tokenUrl] = [this.#metadata.told('authorization'), this.#metadata.told('token')]
    if (tokenUrl === undefined) throw new APIKIT_ERR_OPENID_SETUP('bearerBy needs the option endpoints.token')
    if (flow === 'clientCredentials') return flowBearer(flow, { tokenUrl }, scopes)
    if (authorizationUrl === undefined) throw new APIKIT_ERR_OPENID_SETUP('bearerBy needs the option endpoints.authorization')
    return flowBearer(flow, { authorizationUrl, tokenUrl }, scopes)
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
    const tokens = new CheckedTokens('introspection', { claims, clients, cache, keepsRefused: true, ask: token => introspect(this.#oauth, this.#metadata, this.#options, token) })
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
      const token = await tokenFor(this.#transport, this.#metadata, authorization, options)
      reply.header('cache-control', 'no-store') // RFC 6749 §5.1
      return token
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
    const { login, issuer, leeway } = options
    if (login === undefined) throw new APIKIT_ERR_OPENID_SETUP('login needs the option login')
    const [{ client_id: clientId }] = this.#oauth.requireClient('login')
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
}

const authorizationHeader = dependency({ name: 'authorization' }, ({ request: { headers: { authorization } } }) => {
  if (authorization === undefined) throw new Unauthorized('Not authenticated', { 'www-authenticate': 'Basic' })
  return authorization
})
