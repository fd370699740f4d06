/**
 * An issuer of tokens, and the dependencies that use it.
 *
 * @module
 */

import type { Static, TObject, TOptional, TSchema, TString } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { type Dependency, dependency } from '../dependencies/index.ts'
import { Unauthorized } from '../errors/index.ts'
import { objectOf, optional } from '../types/typebox.ts'
import { type BearerFlow, discoveredBearer, flowBearer } from './bearer.ts'
import { CheckedTokens } from './checked-tokens.ts'
import { TokenClaims } from './claims.ts'
import { ClientToken, type ClientTokenOptions } from './client-token.ts'
import { APIKIT_ERR_OPENID_SETUP } from './errors.ts'
import { introspect } from './introspection.ts'
import { KeySet } from './key-set.ts'
import { DAY, isSecure, LoginPages } from './login.ts'
import { Metadata } from './metadata.ts'
import type { IssuerOptions } from './options.ts'
import { OAuth } from './protocol.ts'
import { Session } from './session.ts'
import { type TokenOptions, tokenDependency } from './token-dependency.ts'
import { tokenFor, type TokenProxyOptions } from './token-proxy.ts'
import { Transport } from './transport.ts'
import { JwtVerifier } from './verifier.ts'

export interface JwksOptions<Claims extends TSchema = typeof TokenClaims> extends TokenOptions<Claims> {
  /** `aud` of the token, or one of several. The option `audience` of the plugin by default. */
  readonly audience?: string | readonly string[]
  /** `typ` of the header, such as `at+jwt` (RFC 9068). Any by default. */
  readonly typ?: string
}

export interface TokenProxyDependencyOptions extends TokenProxyOptions {
  /** Dependency that reads the credentials of the caller. The `Authorization` header by default, and 401 without it. */
  readonly authorization?: Dependency<string>
}

/** Default schema of the claims of a user who has logged in. */
export const UserClaims: TObject<{ sub: TString, name: TOptional<TString>, email: TOptional<TString> }> =
  objectOf({ sub: Type.String(), name: optional(Type.String()), email: optional(Type.String()) })

export interface Login<User> {
  /** A plugin with `GET /login?return_to=/path`, `GET /login/callback` and `POST /logout`. Register it with the prefix of `callbackUri`. */
  readonly routes: FastifyPluginAsync
  /** A dependency: the user who has logged in. 401 without a session. */
  readonly user: Dependency<User>
}

export class Issuer {
  readonly #options: IssuerOptions
  readonly #transport: Transport
  readonly #oauth: OAuth
  readonly #metadata: Metadata
  readonly #keys: KeySet
  readonly #bearer: Dependency<string>
  #needsKeys = false

  constructor (options: IssuerOptions) {
    this.#options = options
    this.#transport = new Transport({ ...options, fetch: options.fetch ?? fetch })
    this.#oauth = new OAuth(options, this.#transport)
    this.#metadata = new Metadata(options, this.#oauth)
    this.#keys = new KeySet(options, this.#transport, this.#metadata)
    this.#bearer = discoveredBearer(options.issuer)
  }

  /** `iss` of its tokens. */
  get url (): string {
    return this.#options.issuer
  }

  /** A dependency: the token of the `Authorization` header, not verified. It is documented as `openIdConnect`. */
  get bearer (): Dependency<string> {
    return this.#bearer
  }

  /**
   * Creates the dependency `bearer`, documented by an OAuth 2.0 flow with the issuer's URLs, for the Authorize button of Swagger UI.
   *
   * @param scopes names and descriptions
   * @throws APIKIT_ERR_OPENID_SETUP when the option `endpoints` lacks the URLs: the document is written without asking the issuer
   * @example
   * ```ts
   * const token = app.openid.bearerBy('authorizationCode', { 'items:read': 'Read items.' })
   * const caller = app.openid.jwks({ token })
   * ```
   */
  bearerBy (flow: BearerFlow, scopes: Readonly<Record<string, string>> = {}): Dependency<string> {
    const [authorizationUrl, tokenUrl] = [this.#metadata.given('authorization'), this.#metadata.given('token')]
    if (tokenUrl === undefined) throw new APIKIT_ERR_OPENID_SETUP('bearerBy() needs the option endpoints.token')
    if (flow === 'clientCredentials') return flowBearer(flow, { tokenUrl }, scopes)
    if (authorizationUrl === undefined) throw new APIKIT_ERR_OPENID_SETUP('bearerBy() needs the option endpoints.authorization')
    return flowBearer(flow, { authorizationUrl, tokenUrl }, scopes)
  }

  /**
   * Creates a dependency: the claims of a JWT, verified by the issuer's keys. Checks the signature, `iss`, `aud`, `exp`, `iat`, `nbf`,
   * and `typ` and the client if they are given.
   *
   * @throws APIKIT_ERR_OPENID_SETUP without an audience, since tokens for other APIs would be accepted
   * @throws InvalidToken, InsufficientScope or IssuerUnavailable while serving
   * @see https://www.rfc-editor.org/rfc/rfc9068#section-4
   * @example
   * ```ts
   * const token = app.openid.jwks({ claims: Type.Object({ sub: Type.String(), scp: Type.Array(Type.String()) }) })
   * app.get('/me', { config: { depends: { token: scoped(token, ['profile']) } } }, async ({ deps: { token } }) => token.sub)
   * ```
   */
  jwks<Claims extends TSchema = typeof TokenClaims> (options: JwksOptions<Claims> = {}): Dependency<Static<Claims>> {
    const { audience = this.#options.audience, typ, claims = TokenClaims, clients, cache = {} } = options
    if (audience === undefined) throw new APIKIT_ERR_OPENID_SETUP('jwks() needs the option audience, its own or the plugin’s. Without it, tokens for other APIs would be accepted')
    this.#needsKeys = true
    const verifier = new JwtVerifier(this.#keys, { ...this.#options, audience: [audience].flat(), typ })
    const tokens = new CheckedTokens('jwks', { claims, clients, cache, keepsRefused: false, ask: token => verifier.verify(token) })
    this.#keys.onWithdrawal(() => { tokens.forgetAll() })
    return tokenDependency(tokens, 'jwks', this.#bearer, options) as Dependency<Static<Claims>>
  }

  /**
   * Creates a dependency: the issuer's information about an active access token of any kind. It is cached: a revoked token is
   * accepted for up to `cache.ttl` seconds.
   *
   * @throws APIKIT_ERR_OPENID_SETUP without client id and secret
   * @throws InvalidToken, InsufficientScope or IssuerUnavailable while serving
   * @see https://www.rfc-editor.org/rfc/rfc7662
   */
  introspection<Claims extends TSchema = typeof TokenClaims> (options: TokenOptions<Claims> = {}): Dependency<Static<Claims>> {
    this.#oauth.requireClient('introspection')
    const { claims = TokenClaims, clients, cache = {} } = options
    const tokens = new CheckedTokens('introspection', { claims, clients, cache, keepsRefused: true, ask: token => introspect(this.#oauth, this.#metadata, this.#options, token) })
    return tokenDependency(tokens, 'introspection', this.#bearer, options) as Dependency<Static<Claims>>
  }

  /**
   * Creates the app's own token for calls to other services: `await token.get()`.
   *
   * @throws APIKIT_ERR_OPENID_SETUP without client id and secret
   */
  clientToken (options: ClientTokenOptions = {}): ClientToken {
    this.#oauth.requireClient('clientToken')
    return new ClientToken(this.#oauth, this.#metadata, options)
  }

  /**
   * Creates a dependency: the issuer's token response for the credentials in the caller's `Authorization` header. Nothing else of
   * the request is passed on. Any status but 200 becomes a `TokenRefused`: 400 with the issuer's response as text.
   */
  tokenProxy ({ authorization = authorizationHeader, ...options }: TokenProxyDependencyOptions = {}): Dependency<unknown> {
    return dependency({ name: 'tokenProxy', needs: { authorization } }, async ({ authorization, reply }) => {
      const token = await tokenFor(this.#transport, this.#metadata, authorization, options)
      reply.header('cache-control', 'no-store') // RFC 6749 §5.1
      return token
    })
  }

  /** Whether the plugin has the option `login`. */
  get hasLogin (): boolean {
    return this.#options.login !== undefined
  }

  /**
   * Creates the login of a browser, with a session in a cookie.
   *
   * @param options `claims`: schema of the claims in the session, `UserClaims` by default
   * @throws APIKIT_ERR_OPENID_SETUP without the options `login`, `clientId` and `clientSecret`
   * @see https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
   * @example
   * ```ts
   * const { routes, user } = app.openid.login({ claims: Type.Object({ sub: Type.String(), email: Type.String() }) })
   * await app.register(routes) // GET /login, GET /login/callback, POST /logout
   * app.get('/me', { config: { depends: { user } } }, async ({ deps: { user } }) => user.email)
   * ```
   */
  login<Claims extends TObject = typeof UserClaims> ({ claims }: { readonly claims?: Claims } = {}): Login<Static<Claims>> {
    const options = this.#options
    const { login, issuer } = options
    if (login === undefined) throw new APIKIT_ERR_OPENID_SETUP('login() needs the option login')
    const { clientId, clientSecret } = this.#oauth.requireClient('login')
    const cookieName = login.cookieName ?? `${isSecure(login) ? '__Host-' : ''}session`
    const session = new Session({
      name: cookieName, secrets: [login.secret].flat(), maxAge: login.maxAge ?? DAY, audience: `${issuer} ${clientId}`, claims: claims ?? UserClaims
    })
    this.#needsKeys = true
    const verifier = new JwtVerifier(this.#keys, { ...options, audience: [clientId] })
    const pages = new LoginPages({ options: { ...options, clientId, clientSecret, login }, metadata: this.#metadata, session, cookieName, verifier })
    return { routes: pages.routes, user: session.user as Dependency<Static<Claims>> }
  }

  /**
   * Fetches the keys of the issuer, unless keys are there that may still be used, or none are needed. For health checks.
   *
   * @throws IssuerUnavailable, APIKIT_ERR_OPENID_REFUSED or APIKIT_ERR_OPENID_ANSWER when they cannot be fetched
   */
  async check (): Promise<void> {
    if (this.#needsKeys) await this.#keys.load()
  }

  /** Aborts pending requests to the issuer. */
  close (): void {
    this.#transport.close()
  }
}

const authorizationHeader = dependency({ name: 'authorization' }, ({ request: { headers: { authorization } } }) => {
  if (authorization === undefined) throw new Unauthorized('Not authenticated', { 'www-authenticate': 'Basic' })
  return authorization
})
