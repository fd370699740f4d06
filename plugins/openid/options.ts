/**
 * The options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { APIKIT_ERR_INVALID_OPTIONS } from '../core/errors.ts'
import { parseOptions } from '../core/options.ts'
import type { Fetch } from './transport.ts'

/** Algorithms with a public key. */
const Algorithm = Type.Union([
  Type.Literal('ES256'), Type.Literal('ES384'), Type.Literal('ES512'), Type.Literal('EdDSA'), Type.Literal('PS256'),
  Type.Literal('PS384'), Type.Literal('PS512'), Type.Literal('RS256'), Type.Literal('RS384'), Type.Literal('RS512')
])
const Text = Type.String({ minLength: 1 })

const Endpoints = Type.Object({
  authorization: Type.Optional(Text),
  introspection: Type.Optional(Text),
  jwks: Type.Optional(Text),
  token: Type.Optional(Text)
}, { additionalProperties: false })

const Login = Type.Object({
  callbackUri: Text,
  secret: Type.Union([Type.String({ minLength: 32 }), Type.Array(Type.String({ minLength: 32 }), { minItems: 1 })]),
  scope: Type.Optional(Type.Array(Text)),
  cookieName: Type.Optional(Text),
  maxAge: Type.Optional(Type.Integer({ minimum: 1 }))
}, { additionalProperties: false })

export const OpenIdOptions = Type.Object({
  issuer: Type.Optional(Type.String({ minLength: 1, description: 'URL of the issuer, exactly as in the `iss` of its tokens. Without it the plugin does nothing.' })),
  audience: Type.Optional(Type.Union([Text, Type.Array(Text, { minItems: 1 })], {
    description: '`aud` of access tokens, or several of which one is required.'
  })),
  clientId: Type.Optional(Type.String({ minLength: 1, description: 'Client ID of this app.' })),
  clientSecret: Type.Optional(Type.String({ minLength: 1, description: 'Client secret of this app.' })),
  clientAuth: Type.Union([Type.Literal('basic'), Type.Literal('post')], {
    default: 'basic', description: 'How the client ID and secret are sent: in the `Authorization` header or in the form.'
  }),
  endpoints: Type.Optional(Type.Unsafe<Static<typeof Endpoints>>({
    ...Endpoints,
    description: 'URLs, or paths below the issuer: `{ authorization, introspection, jwks, token }`. Others are discovered from `/.well-known/openid-configuration` when first needed: for a login at startup, else while serving.'
  })),
  algorithms: Type.Array(Algorithm, { default: ['RS256'], minItems: 1, description: 'Accepted signature algorithms.' }),
  clockTolerance: Type.Number({ default: 60, minimum: 0, maximum: 600, description: 'Clock difference allowed for `exp`, `nbf` and `iat`, in seconds.' }),
  timeout: Type.Integer({ default: 5000, minimum: 1, description: 'Timeout of a request to the issuer, in milliseconds.' }),
  maxConcurrent: Type.Integer({ default: 100, minimum: 1, description: 'Maximum number of concurrent requests to the issuer. Further callers get a 503. Does not count the code exchange of a login.' }),
  maxKeyAge: Type.Integer({ default: 600, minimum: 1, description: 'Seconds after which keys and metadata are refreshed in the background.' }),
  maxKeyStale: Type.Integer({ default: 86400, minimum: 1, description: 'Seconds that keys are used while they cannot be refreshed.' }),
  keyCooldown: Type.Integer({ default: 30, minimum: 1, description: 'Seconds after a fetch of the keys in which an unknown `kid` does not cause another.' }),
  allowHttp: Type.Boolean({ default: false, description: 'Allow http URLs of other hosts. http on localhost is always allowed.' }),
  fetch: Type.Optional(Type.Unsafe<Fetch>(Type.Function([], Type.Any(), { description: 'Replaces the global `fetch`, for a proxy or client certificates. Not used for the code exchange of a login.' }))),
  login: Type.Optional(Type.Unsafe<Static<typeof Login>>({
    ...Login,
    description: 'Options of `login()`: `{ callbackUri, secret, scope, cookieName, maxAge }`. The secret has at least 32 characters, and a list is for rotation; `maxAge` is in seconds.'
  }))
}, { additionalProperties: false })

type Parsed = Static<typeof OpenIdOptions>

/** Options of the plugin. */
export type OpenIdOptions = Partial<Parsed>

/** Options of `login()`. `maxAge` is in seconds. */
export type LoginOptions = Static<typeof Login>

/** Checked options. */
export interface IssuerOptions extends Parsed {
  readonly issuer: string
  readonly endpoints: { readonly [name in keyof typeof Endpoints.properties]?: string }
}

/**
 * @param owner for messages
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid. One error lists all of them.
 */
export function readOptions (owner: string, options: OpenIdOptions, scope?: FastifyInstance): IssuerOptions | undefined {
  const parsed = parseOptions(owner, OpenIdOptions, options, scope)
  const { issuer, clientId, clientSecret, allowHttp, login, endpoints: given = {} } = parsed
  const problems: string[] = []
  if (clientSecret !== undefined && clientId === undefined) problems.push('options/clientSecret: requires clientId')
  if (issuer === undefined) {
    const [other] = [clientId, login].filter(option => option !== undefined)
    if (other !== undefined) problems.push('options/issuer: is required with other options')
    refuse(owner, problems)
    return undefined
  }

  const base = urlOf(issuer)
  if (base === undefined || base.search !== '' || base.hash !== '') problems.push('options/issuer: must be a URL without query and fragment')
  const endpoints: Record<string, string> = {}
  for (const [name, path] of Object.entries(given)) endpoints[name] = /^[a-z]+:\/\//i.test(path) ? path : `${issuer.replace(/\/$/, '')}/${path.replace(/^\//, '')}`
  const urls = { issuer, ...endpoints, ...login === undefined ? {} : { 'login/callbackUri': login.callbackUri } }
  for (const [name, url] of Object.entries(urls)) {
    if (!isSafe(url, allowHttp)) problems.push(`options/${name}: must be an https URL. http is allowed on localhost and with allowHttp`)
  }
  if (login !== undefined && clientId === undefined) problems.push('options/login: requires clientId')
  if (login?.scope?.includes('openid') === false) problems.push('options/login/scope: must include "openid", or the issuer sends no ID token')
  refuse(owner, problems)
  return { ...parsed, issuer, endpoints }
}

function refuse (owner: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new APIKIT_ERR_INVALID_OPTIONS(owner, problems.join('; '))
}

function urlOf (text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

/** Whether a URL is https, or http where that is allowed. */
export function isSafe (text: string, allowHttp: boolean): boolean {
  const url = urlOf(text)
  if (url === undefined || url.username !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && (allowHttp || isLoopback(url)))
}

function isLoopback ({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
