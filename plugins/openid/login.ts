/**
 * The login of a browser at the issuer: authorization code with PKCE and state, by @fastify/oauth2.
 *
 * @module
 */

import type { FastifyOAuth2Options, OAuth2Namespace } from '@fastify/oauth2'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { kOutside, kPublic, markedBy } from '../core/http/own-routes.ts'
import { prefixOf } from '../core/http/root-path.ts'
import { optionalPeer } from '../core/peer.ts'
import { BadRequest, Forbidden } from '../errors/index.ts'
import { InvalidToken } from '../jwt/index.ts'
import { APIKIT_ERR_OPENID_ANSWER, APIKIT_ERR_OPENID_REFUSED, APIKIT_ERR_OPENID_SETUP } from './errors.ts'
import { refusalOfIdToken } from './id-token.ts'
import type { Metadata } from './metadata.ts'
import type { IssuerOptions, LoginOptions } from './options.ts'
import { IssuerUnavailable } from './refusals.ts'
import { type RawClaims, Refused } from './refused.ts'
import { pathOf } from './return-path.ts'
import { type Session, SESSION_CHALLENGE } from './session.ts'
import type { JwtVerifier } from './verifier.ts'

/** Default `maxAge` of a session, in seconds. */
export const DAY = 86400

const DEFAULT_SCOPE = ['openid', 'profile', 'email']

/** Seconds that a login may take. */
const MAX_LOGIN_AGE = 600

/** Name under which @fastify/oauth2 decorates the scope of the routes. */
const NAMESPACE = 'apikitLogin'

/** The pages are public and not in the document. */
const PAGE = { schema: { hide: true }, config: markedBy(kOutside, kPublic) }

export interface LoginParts {
  readonly options: IssuerOptions & { readonly clientId: string, readonly clientSecret: string, readonly login: LoginOptions }
  readonly metadata: Metadata
  readonly session: Session
  readonly cookieName: string
  /** Verifies ID tokens. */
  readonly verifier: JwtVerifier
}

export class LoginPages {
  readonly #parts: LoginParts
  readonly #cookie: { readonly path: '/', readonly httpOnly: true, readonly sameSite: 'lax', readonly secure: boolean }
  readonly #returnCookie: string

  constructor (parts: LoginParts) {
    this.#parts = parts
    const secure = isSecure(parts.options.login)
    this.#cookie = { path: '/', httpOnly: true, sameSite: 'lax', secure }
    this.#returnCookie = `${secure ? '__Host-' : ''}oauth2-return-to`
  }

  /** Adds `GET /login`, `GET /login/callback` and `POST /logout`. */
  readonly routes: FastifyPluginAsync = async app => {
    const { callbackUri } = this.#parts.options.login
    const callback = `${app.prefix}/login/callback`
    if (!new URL(callbackUri).pathname.endsWith(callback)) {
      throw new APIKIT_ERR_OPENID_SETUP(`login.callbackUri is ${callbackUri}, but its route is ${callback}. Register the routes of the login with another prefix, or change the URI`)
    }
    const client = await this.#register(app)
    app.addHook('onSend', async (_request, reply) => { reply.header('cache-control', 'no-store') })
    app.get('/login', PAGE, (request, reply) => this.#begin(client, request, reply))
    app.get('/login/callback', PAGE, (request, reply) => this.#end(client, request, reply))
    // POST, so that a link or an image of another site cannot log out.
    app.post('/logout', PAGE, async (request, reply) => reply.clearCookie(this.#parts.cookieName, this.#cookie).redirect(`${prefixOf(request)}/`, 303))
  }

  /** Registers @fastify/oauth2, with @fastify/cookie if the app has none, in the scope of the routes. */
  async #register (app: FastifyInstance): Promise<OAuth2Namespace> {
    const { clientId, clientSecret, clientAuth, timeout, login: { callbackUri, scope = DEFAULT_SCOPE } } = this.#parts.options
    const { authorize, token } = await this.#endpoints()
    await app.register(optionalPeer<FastifyPluginAsync<FastifyOAuth2Options>>('fastify-apikit/openid', '@fastify/oauth2'), {
      name: NAMESPACE,
      scope: [...scope],
      callbackUri,
      pkce: 'S256',
      hostPrefixedCookies: this.#cookie.secure,
      cookie: { ...this.#cookie, maxAge: MAX_LOGIN_AGE },
      credentials: {
        client: { id: clientId, secret: clientSecret },
        auth: { authorizeHost: authorize.origin, authorizePath: authorize.pathname + authorize.search, tokenHost: token.origin, tokenPath: token.pathname + token.search },
        options: { authorizationMethod: clientAuth === 'basic' ? 'header' : 'body' },
        http: { timeout, maxBytes: 1024 * 1024 }
      }
    })
    return Reflect.get(app, NAMESPACE)
  }

  /** @throws APIKIT_ERR_OPENID_SETUP when they are not among the options and cannot be discovered: @fastify/oauth2 needs them at startup */
  async #endpoints (): Promise<{ readonly authorize: URL, readonly token: URL }> {
    try {
      const { authorization_endpoint: authorize, token_endpoint: token } = await this.#parts.metadata.get('authorization', 'token')
      return { authorize: new URL(String(authorize)), token: new URL(String(token)) }
    } catch (cause) {
      const message = 'login cannot discover the endpoints of the issuer. Set endpoints.authorization and endpoints.token to start while the issuer is unavailable'
      throw Object.assign(new APIKIT_ERR_OPENID_SETUP(message), { cause })
    }
  }

  async #begin (client: OAuth2Namespace, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const uri = await client.generateAuthorizationUri(request, reply)
    reply.setCookie(this.#returnCookie, pathOf(Object(request.query).return_to), { ...this.#cookie, maxAge: MAX_LOGIN_AGE })
    return reply.redirect(uri)
  }

  async #end (client: OAuth2Namespace, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { options: { issuer, login }, metadata, session, cookieName } = this.#parts
    const { code, error, iss, state }: Record<string, unknown> = Object(request.query)
    const returnTo = pathOf(request.cookies[this.#returnCookie])
    reply.clearCookie(this.#returnCookie, this.#cookie)
    // RFC 9207 §2.4: before anything else of the response is used.
    if (iss === undefined && await metadata.sendsIss()) throw new BadRequest('The login response has no iss')
    if (iss !== undefined && iss !== issuer) throw new BadRequest('The login response is from another issuer')
    if (error !== undefined) throw new Forbidden(typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? error : undefined)
    if (typeof code !== 'string' || typeof state !== 'string') throw new BadRequest('The login response has no code or no state')

    const claims = await this.#redeem(client, request, reply)
    if (claims instanceof Refused) {
      const invalid = new InvalidToken(claims.code, { reason: claims.reason, challenge: SESSION_CHALLENGE })
      request.log.warn({ code: invalid.code, reason: invalid.reason }, 'an ID token was rejected')
      throw invalid
    }
    const cookie = await session.seal(claims)
    if (cookie instanceof Refused) {
      request.log.warn({ code: cookie.code, reason: cookie.reason }, 'a login was rejected')
      throw new Forbidden()
    }
    return reply.setCookie(cookieName, cookie, { ...this.#cookie, maxAge: login.maxAge ?? DAY }).redirect(returnTo, 303)
  }

  /** Exchanges the code for an ID token, if the state is that of this browser, and verifies it. */
  async #redeem (client: OAuth2Namespace, request: FastifyRequest, reply: FastifyReply): Promise<RawClaims | Refused> {
    const { options: { clientId }, verifier } = this.#parts
    const { token } = await client.getAccessTokenFromAuthorizationCodeFlow(request, reply).catch(error => { throw translated(error) })
    const { id_token: idToken, access_token: accessToken }: { id_token?: unknown, access_token?: unknown } = token
    if (typeof idToken !== 'string') throw new APIKIT_ERR_OPENID_ANSWER('its token response has no ID token')
    return await verifier.verify(idToken, (claims, header) => refusalOfIdToken(claims, header, clientId, accessToken))
  }
}

/** Whether the cookies are for https only. */
export function isSecure ({ callbackUri }: LoginOptions): boolean {
  return callbackUri.startsWith('https:')
}

/** Drops the response and the code, which the errors of the library have. */
function translated (error: unknown): Error {
  const { message, output, data }: Record<string, unknown> = Object(error)
  if (message === 'Invalid state') return new BadRequest(message)
  const status = Number(Object(output).statusCode)
  if (status >= 500 || status === 429) return new IssuerUnavailable(error, Object(data).isResponseError === true ? status : undefined)
  return status === 400 ? new BadRequest('The code is no longer valid', undefined, { cause: error }) : new APIKIT_ERR_OPENID_REFUSED(String(message))
}
