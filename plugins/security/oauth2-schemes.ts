/**
 * OAuth 2.0 and OpenID Connect schemes: they read the token and document where it comes from.
 *
 * @module
 */

import { type TObject, Type } from '@sinclair/typebox'
import type { Dependency } from '../dependencies/index.ts'
import { authorizationOf, bearerTokenOf } from './credentials.ts'
import { type Authenticated, optionsSchema, schemeDependency, type SchemeOptions } from './scheme.ts'

/** Scopes that a client can request, with a description of each. */
export type ScopeTexts = Readonly<Record<string, string>>

interface TokenOptions<Optional extends boolean> extends SchemeOptions<Optional> {
  /** URL of tokens, absolute or relative to the document. Written into the document as it is. */
  readonly tokenUrl: string
  /** URL of new tokens, for refresh tokens. */
  readonly refreshUrl?: string
  /** Scopes with descriptions. Default: `{}`. */
  readonly scopes?: ScopeTexts
}

/** Options of `oauth2PasswordBearer()`. */
export interface OAuth2PasswordBearerOptions<Optional extends boolean = boolean> extends TokenOptions<Optional> {}

/** Options of `oauth2ClientCredentialsBearer()`. */
export interface OAuth2ClientCredentialsBearerOptions<Optional extends boolean = boolean> extends TokenOptions<Optional> {}

/** Options of `oauth2AuthorizationCodeBearer()`. */
export interface OAuth2AuthorizationCodeBearerOptions<Optional extends boolean = boolean> extends TokenOptions<Optional> {
  /** URL of the login page. */
  readonly authorizationUrl: string
}

/** An OAuth 2.0 flow, as in OpenAPI. */
export interface OAuth2Flow {
  readonly authorizationUrl?: string
  readonly tokenUrl?: string
  readonly refreshUrl?: string
  readonly scopes?: ScopeTexts
}

/** Options of `oauth2()`. */
export interface OAuth2Options<Optional extends boolean = boolean> extends SchemeOptions<Optional> {
  readonly flows?: Readonly<Partial<Record<'authorizationCode' | 'clientCredentials' | 'implicit' | 'password', OAuth2Flow>>>
}

/** Options of `openIdConnect()`. */
export interface OpenIdConnectOptions<Optional extends boolean = boolean> extends SchemeOptions<Optional> {
  /** URL of the provider's metadata: `…/.well-known/openid-configuration`. */
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
 * Creates a dependency: the bearer token, documented by the password flow. It may be empty, as in FastAPI: verify it.
 *
 * ```ts
 * const oauth2 = oauth2PasswordBearer({ tokenUrl: 'token', scopes: { 'items:read': 'Read items.' } })
 * const currentUser = dependency({ needs: { token: oauth2 } }, ({ token }) => userOf(token))
 * ```
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS when an option is unknown or invalid.
 * @see https://fastapi.tiangolo.com/tutorial/security/simple-oauth2/
 */
export function oauth2PasswordBearer<const Optional extends boolean = false> (options: OAuth2PasswordBearerOptions<Optional>): Dependency<Authenticated<string, Optional>> {
  return bearerFlow('oauth2PasswordBearer', PasswordBearer, options, 'OAuth2PasswordBearer', 'password')
}

/**
 * Creates a dependency: the bearer token, documented by the client credentials flow.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS when an option is unknown or invalid.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export function oauth2ClientCredentialsBearer<const Optional extends boolean = false> (options: OAuth2ClientCredentialsBearerOptions<Optional>): Dependency<Authenticated<string, Optional>> {
  return bearerFlow('oauth2ClientCredentialsBearer', ClientCredentials, options, 'OAuth2ClientCredentials', 'clientCredentials')
}

/**
 * Creates a dependency: the bearer token, documented by the authorization code flow.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS when an option is unknown or invalid.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1
 */
export function oauth2AuthorizationCodeBearer<const Optional extends boolean = false> (options: OAuth2AuthorizationCodeBearerOptions<Optional>): Dependency<Authenticated<string, Optional>> {
  return bearerFlow('oauth2AuthorizationCodeBearer', AuthorizationCode, options, 'OAuth2AuthorizationCodeBearer', 'authorizationCode', { authorizationUrl: options.authorizationUrl })
}

/**
 * Creates a dependency: the whole `Authorization` header of any scheme, documented by any OAuth 2.0 flows.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS when an option is unknown or invalid.
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
 * Creates a dependency: the whole `Authorization` header of any scheme, documented as OpenID Connect.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS when an option is unknown or invalid.
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
