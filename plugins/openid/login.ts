/**
 * The login of a browser: to the issuer and back, by authorization code, with PKCE and state.
 *
 * @module
 */

import type { FastifyOAuth2Options, OAuth2Namespace } from '@fastify/oauth2'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import Fastify from 'fastify'
import { BadRequest, Forbidden } from '../errors/index.ts'
import { optionalPeer } from '../core/peer.ts'
import { APIKIT_ERR_OPENID_ANSWER, APIKIT_ERR_OPENID_REFUSED, APIKIT_ERR_OPENID_SETUP } from './errors.ts'
import { type JwtVerifier, Refused } from './jwt.ts'
import type { Metadata } from './metadata.ts'
import type { IssuerOptions, LoginOptions } from './options.ts'
import { IssuerUnavailable } from './refusals.ts'
import { pathOf } from './return-path.ts'
import type { Session } from './session.ts'
import { kOutside, kPublic, markedBy } from '../core/http/own-routes.ts'

/** Seconds that a login may take. */
const PATIENCE = 600

/** The pages are for browsers, not for the document; anybody may ask for them. */
const PAGE = { schema: { hide: true }, config: markedBy(kOutside, kPublic) }

export interface LoginParts {
  readonly options: IssuerOptions & { readonly login: LoginOptions }
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
  #client: { readonly at: string, readonly made: Promise<OAuth2Namespace> } | undefined

  constructor (parts: LoginParts) {
    this.#parts = parts
    const secure = isSecure(parts.options.login)
    this.#cookie = { path: '/', httpOnly: true, sameSite: 'lax', secure }
    this.#returnCookie = `${secure ? '__Host-' : ''}oauth2-return-to`
  }

  /** `GET /login`, `GET /login/callback` and `POST /logout`. */
  readonly routes: FastifyPluginAsync = async app => {
    const { callbackUri } = this.#parts.options.login
    const callback = `${app.prefix}/login/callback`
    if (!new URL(callbackUri).pathname.endsWith(callback)) {
      throw new APIKIT_ERR_OPENID_SETUP(`the callbackUri of the login, ${callbackUri}, does not lead to ${callback}, where its routes are`)
    }
    if (!app.hasRequestDecorator('cookies')) await app.register(optionalPeer<FastifyPluginAsync>('fastify-apikit/openid', '@fastify/cookie'))
    app.addHook('onSend', async (_request, reply) => { reply.header('cache-control', 'no-store') })
    app.get('/login', PAGE, (request, reply) => this.#begin(request, reply))
    app.get('/login/callback', PAGE, (request, reply) => this.#end(request, reply))
    // POST: no link and no picture of another site logs anybody out.
    app.post('/logout', PAGE, async (_request, reply) => reply.clearCookie(this.#parts.cookieName, this.#cookie).redirect('/', 303))
  }

  async #begin (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const client = await this.#connect()
    const uri = await client.generateAuthorizationUri(request, reply)
    reply.setCookie(this.#returnCookie, pathOf(Object(request.query).return_to), { ...this.#cookie, maxAge: PATIENCE })
    return reply.redirect(uri)
  }

  async #end (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { options: { issuer, login }, session, cookieName, verifier } = this.#parts
    const { code, error, iss, state }: Record<string, unknown> = Object(request.query)
    const returnTo = pathOf(request.cookies[this.#returnCookie])
    reply.clearCookie(this.#returnCookie, this.#cookie)
    // RFC 9207: the answer of another issuer, in the place of this one's.
    if (iss !== undefined && iss !== issuer) throw new BadRequest('The login was answered by another issuer')
    if (error !== undefined) throw new Forbidden(typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? error : undefined)
    if (typeof code !== 'string' || typeof state !== 'string') throw new BadRequest('The login has no code or no state')

    const token = await this.#redeem(request, reply)
    const claims = token === undefined ? new Refused('there is no ID token: does the scope have "openid"?') : await verifier.verify(token)
    if (claims instanceof Refused) throw new APIKIT_ERR_OPENID_ANSWER(claims.reason)
    const problem = session.problemOf(claims)
    if (problem !== undefined) {
      request.log.info({ reason: problem }, 'a login was refused')
      throw new Forbidden()
    }
    return reply.setCookie(cookieName, session.seal(claims), { ...this.#cookie, maxAge: login.maxAge ?? DAY }).redirect(returnTo, 303)
  }

  /** The ID token for the code, once the state is that of this browser. */
  async #redeem (request: FastifyRequest, reply: FastifyReply): Promise<string | undefined> {
    const client = await this.#connect()
    try {
      const { token } = await client.getAccessTokenFromAuthorizationCodeFlow(request, reply)
      const { id_token: idToken }: { id_token?: unknown } = token
      return typeof idToken === 'string' ? idToken : undefined
    } catch (error) {
      throw translated(error)
    }
  }

  /** The client of the library, made when the endpoints are known: the issuer may be down when the app starts. */
  async #connect (): Promise<OAuth2Namespace> {
    const { authorization_endpoint: authorize, token_endpoint: token } = await this.#parts.metadata.get('authorization', 'token')
    const at = `${authorize} ${token}`
    if (this.#client?.at !== at) this.#client = { at, made: this.#make(new URL(String(authorize)), new URL(String(token))) }
    return await this.#client.made
  }

  async #make (authorize: URL, token: URL): Promise<OAuth2Namespace> {
    const { clientId = '', clientSecret = '', clientAuth, timeout, login: { callbackUri, scope = ['openid', 'profile', 'email'] } } = this.#parts.options
    const oauth2 = optionalPeer<FastifyPluginAsync<FastifyOAuth2Options>>('fastify-apikit/openid', '@fastify/oauth2')
    // The plugin decorates an instance before it is ready; this one is for nothing else.
    const host: FastifyInstance & { login?: OAuth2Namespace } = Fastify()
    host.register(oauth2, {
      name: 'login',
      scope: [...scope],
      callbackUri,
      pkce: 'S256',
      hostPrefixedCookies: this.#cookie.secure,
      cookie: { ...this.#cookie, maxAge: PATIENCE },
      credentials: {
        client: { id: clientId, secret: clientSecret },
        auth: { authorizeHost: authorize.origin, authorizePath: authorize.pathname, tokenHost: token.origin, tokenPath: token.pathname },
        options: { authorizationMethod: clientAuth === 'basic' ? 'header' : 'body' },
        http: { timeout, maxBytes: 1024 * 1024 }
      }
    })
    await host.ready()
    return host.login as OAuth2Namespace
  }
}

/** Seconds of a session, unless the options say otherwise. */
export const DAY = 86400

/** Whether its cookies go over TLS alone. */
export function isSecure ({ callbackUri }: LoginOptions): boolean {
  return callbackUri.startsWith('https:')
}

/** The library's errors hold the answer, and the code; their status says which they are. */
function translated (error: unknown): Error {
  const { message, output, data }: Record<string, unknown> = Object(error)
  if (message === 'Invalid state') return new BadRequest(message)
  const status = Number(Object(output).statusCode)
  if (status >= 500 || status === 429) return new IssuerUnavailable(error, Object(data).isResponseError === true ? status : undefined)
  return status === 400 ? new BadRequest('The code is not good any more', undefined, { cause: error }) : new APIKIT_ERR_OPENID_REFUSED(String(message))
}
