/**
 * OAuth 2.0 and OpenID Connect: where a token comes from, for the document, and the token, for the route.
 *
 * @module
 */

import { type TObject, Type } from '@sinclair/typebox'
import type { Dependency } from '../dependencies/index.ts'
import { authorizationOf, bearerTokenOf } from './credentials.ts'
import { type Authenticated, optionsSchema, schemeDependency, type SchemeOptions } from './scheme.ts'

/** Scopes that can be asked for, with a text about each. */
export type ScopeTexts = Readonly<Record<string, string>>

interface TokenOptions<Optional extends boolean> extends SchemeOptions<Optional> {
  /** Where tokens are had: absolute, or relative to the document. Written into it as it is. */
  readonly tokenUrl: string
  /** Where they are renewed. */
  readonly refreshUrl?: string
  /** `{}` by default. */
  readonly scopes?: ScopeTexts
}

export interface OAuth2PasswordBearerOptions<Optional extends boolean = boolean> extends TokenOptions<Optional> {}

export interface OAuth2ClientCredentialsBearerOptions<Optional extends boolean = boolean> extends TokenOptions<Optional> {}

export interface OAuth2AuthorizationCodeBearerOptions<Optional extends boolean = boolean> extends TokenOptions<Optional> {
  /** Where the user logs in. */
  readonly authorizationUrl: string
}

/** A flow as in OpenAPI. */
export interface OAuth2Flow {
  readonly authorizationUrl?: string
  readonly tokenUrl?: string
  readonly refreshUrl?: string
  readonly scopes?: ScopeTexts
}

export interface OAuth2Options<Optional extends boolean = boolean> extends SchemeOptions<Optional> {
  readonly flows?: Readonly<Partial<Record<'authorizationCode' | 'clientCredentials' | 'implicit' | 'password', OAuth2Flow>>>
}

export interface OpenIdConnectOptions<Optional extends boolean = boolean> extends SchemeOptions<Optional> {
  /** Where the provider describes itself: `…/.well-known/openid-configuration`. */
  readonly openIdConnectUrl: string
}

const Scopes = Type.Record(Type.String(), Type.String())
const Url = Type.String({ minLength: 1 })
const OptionalUrl = Type.Optional(Url)
const Token = { tokenUrl: Url, refreshUrl: OptionalUrl, scopes: Type.Optional(Scopes) }
const Flow = Type.Optional(Type.Object(
  { authorizationUrl: OptionalUrl, tokenUrl: OptionalUrl, refreshUrl: OptionalUrl, scopes: Type.Optional(Scopes) },
  { additionalProperties: false }
))

const PasswordBearer = optionsSchema(Token)
const ClientCredentials = optionsSchema(Token)
const AuthorizationCode = optionsSchema({ ...Token, authorizationUrl: Url })
const AnyFlow = optionsSchema({
  flows: Type.Optional(Type.Object({ authorizationCode: Flow, clientCredentials: Flow, implicit: Flow, password: Flow }, { additionalProperties: false }))
})
const Discovery = optionsSchema({ openIdConnectUrl: Url })

/**
 * A bearer token that a user gets for a password: the token. It may be the empty text, as in FastAPI: verify it.
 *
 * ```ts
 * const oauth2 = oauth2PasswordBearer({ tokenUrl: 'token', scopes: { 'items:read': 'Read items.' } })
 * const currentUser = dependency({ needs: { token: oauth2 } }, ({ token }) => userOf(token))
 * ```
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS
 * @see https://fastapi.tiangolo.com/tutorial/security/simple-oauth2/
 */
export function oauth2PasswordBearer<const Optional extends boolean = false> (options: OAuth2PasswordBearerOptions<Optional>): Dependency<Authenticated<string, Optional>> {
  return bearerFlow('oauth2PasswordBearer', PasswordBearer, options, 'OAuth2PasswordBearer', 'password')
}

/**
 * A bearer token that a program gets for itself: the token.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export function oauth2ClientCredentialsBearer<const Optional extends boolean = false> (options: OAuth2ClientCredentialsBearerOptions<Optional>): Dependency<Authenticated<string, Optional>> {
  return bearerFlow('oauth2ClientCredentialsBearer', ClientCredentials, options, 'OAuth2ClientCredentials', 'clientCredentials')
}

/**
 * A bearer token that a user gets by logging in elsewhere: the token.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1
 */
export function oauth2AuthorizationCodeBearer<const Optional extends boolean = false> (options: OAuth2AuthorizationCodeBearerOptions<Optional>): Dependency<Authenticated<string, Optional>> {
  return bearerFlow('oauth2AuthorizationCodeBearer', AuthorizationCode, options, 'OAuth2AuthorizationCodeBearer', 'authorizationCode', { authorizationUrl: options.authorizationUrl })
}

/**
 * OAuth 2.0 of any flows: the whole `Authorization` header, whatever its scheme.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS
 */
export function oauth2<const Optional extends boolean = false> (options: OAuth2Options<Optional> = {}): Dependency<Authenticated<string, Optional>> {
  const flows = Object.fromEntries(Object.entries(options.flows ?? {}).map(([name, flow]) => [name, { scopes: {}, ...flow }]))
  return schemeDependency('oauth2', AnyFlow, options, () => ({
    schemeName: 'OAuth2',
    document: { type: 'oauth2', flows },
    challenge: 'Bearer',
    read: authorizationOf
  }))
}

/**
 * OpenID Connect: the whole `Authorization` header, whatever its scheme.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html
 */
export function openIdConnect<const Optional extends boolean = false> (options: OpenIdConnectOptions<Optional>): Dependency<Authenticated<string, Optional>> {
  return schemeDependency('openIdConnect', Discovery, options, () => ({
    schemeName: 'OpenIdConnect',
    document: { type: 'openIdConnect', openIdConnectUrl: options.openIdConnectUrl },
    challenge: 'Bearer',
    read: authorizationOf
  }))
}

function bearerFlow<Optional extends boolean> (
  maker: string, schema: TObject, options: TokenOptions<Optional>, schemeName: string, flow: string, more: object = {}
): Dependency<Authenticated<string, Optional>> {
  const { tokenUrl, refreshUrl, scopes = {} } = options
  return schemeDependency(maker, schema, options, () => ({
    schemeName,
    document: { type: 'oauth2', flows: { [flow]: { scopes, ...more, tokenUrl, ...refreshUrl !== undefined && { refreshUrl } } } },
    challenge: 'Bearer',
    read: bearerTokenOf
  }))
}
