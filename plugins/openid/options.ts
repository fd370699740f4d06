/**
 * What an issuer is described by.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { APIKIT_ERR_INVALID_OPTIONS } from '../core/errors.ts'
import { parseOptions } from '../core/options.ts'
import type { Fetch } from './transport.ts'

/** Algorithms with a public key: a shared secret is no key of an issuer, and `none` no signature. */
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
  issuer: Type.Optional(Type.String({ minLength: 1, description: 'URL of the issuer, letter for letter as in the `iss` of its tokens. Without one the plugin does nothing.' })),
  audience: Type.Optional(Type.Union([Text, Type.Array(Text, { minItems: 1 })], {
    description: 'What the `aud` of access tokens has to be, or to contain: the name of this API. One of several.'
  })),
  clientId: Type.Optional(Type.String({ minLength: 1, description: 'Id of this app at the issuer.' })),
  clientSecret: Type.Optional(Type.String({ minLength: 1, description: 'Its secret.' })),
  clientAuth: Type.Union([Type.Literal('basic'), Type.Literal('post')], {
    default: 'basic', description: 'Where id and secret are sent: in the `Authorization` header, or in the form.'
  }),
  endpoints: Type.Optional(Type.Unsafe<Static<typeof Endpoints>>({
    ...Endpoints,
    description: 'URLs, or paths below the issuer: `{ authorization, introspection, jwks, token }`. Those that are not given are asked of the issuer’s `/.well-known/openid-configuration` when first needed.'
  })),
  algorithms: Type.Array(Algorithm, { default: ['RS256'], minItems: 1, description: 'Signatures that are taken.' }),
  leeway: Type.Number({ default: 60, minimum: 0, maximum: 600, description: 'Seconds that clocks may differ: for `exp`, `nbf` and `iat`.' }),
  timeout: Type.Integer({ default: 5000, minimum: 1, description: 'Milliseconds until the issuer has to have answered.' }),
  maxConcurrent: Type.Integer({ default: 100, minimum: 1, description: 'Requests to the issuer under way at once; beyond, callers get a 503.' }),
  maxKeyAge: Type.Integer({ default: 600, minimum: 1, description: 'Seconds after which the issuer’s keys and metadata are fetched anew, in the background.' }),
  maxKeyStale: Type.Integer({ default: 86400, minimum: 1, description: 'Seconds in which they are still used when that fails.' }),
  keyCooldown: Type.Integer({ default: 30, minimum: 1, description: 'Seconds between two fetches because of a `kid` that is not among the keys.' }),
  allowHttp: Type.Boolean({ default: false, description: 'Take an issuer without TLS that is not on this machine.' }),
  fetch: Type.Optional(Type.Unsafe<Fetch>(Type.Function([], Type.Any(), { description: 'In place of the global `fetch`: for a proxy, or client certificates.' }))),
  login: Type.Optional(Type.Unsafe<Static<typeof Login>>({
    ...Login,
    description: 'For `login()`: `{ callbackUri, secret, scope, cookieName, maxAge }`.'
  }))
}, { additionalProperties: false })

type Parsed = Static<typeof OpenIdOptions>

/** What a caller may write. */
export type OpenIdOptions = Partial<Parsed>

export type LoginOptions = Static<typeof Login>

/** The options of an issuer, checked. */
export interface IssuerOptions extends Parsed {
  readonly issuer: string
  readonly endpoints: { readonly [name in keyof typeof Endpoints.properties]?: string }
}

/**
 * @param owner for messages
 * @throws APIKIT_ERR_INVALID_OPTIONS, one error that names every problem
 */
export function readOptions (owner: string, options: OpenIdOptions, scope?: FastifyInstance): IssuerOptions | undefined {
  const parsed = parseOptions(owner, OpenIdOptions, options, scope)
  const { issuer, clientId, clientSecret, allowHttp, login, endpoints: given = {} } = parsed
  const problems: string[] = []
  if (clientSecret !== undefined && clientId === undefined) problems.push('options/clientSecret: there is no clientId beside it')
  if (issuer === undefined) {
    const [other] = [clientId, login].filter(option => option !== undefined)
    if (other !== undefined) problems.push('options/issuer: is missing, so that nothing else has a meaning')
    refuse(owner, problems)
    return undefined
  }

  const base = urlOf(issuer)
  if (base === undefined || base.search !== '' || base.hash !== '') problems.push('options/issuer: is no URL without query and fragment')
  const endpoints: Record<string, string> = {}
  for (const [name, path] of Object.entries(given)) endpoints[name] = /^[a-z]+:\/\//i.test(path) ? path : `${issuer.replace(/\/$/, '')}/${path.replace(/^\//, '')}`
  const urls = { issuer, ...endpoints, ...login === undefined ? {} : { 'login/callbackUri': login.callbackUri } }
  for (const [name, url] of Object.entries(urls)) {
    if (!isSafe(url, allowHttp)) problems.push(`options/${name}: is no https URL; http is for this machine, or for allowHttp`)
  }
  if (login !== undefined && clientId === undefined) problems.push('options/login: there is no clientId')
  refuse(owner, problems)
  return { ...parsed, issuer, endpoints }
}

function refuse (owner: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new APIKIT_ERR_INVALID_OPTIONS(owner, problems.join('; '))
}

function urlOf (text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

/** Whether what is sent to a URL is for its server alone. */
export function isSafe (text: string, allowHttp: boolean): boolean {
  const url = urlOf(text)
  if (url === undefined || url.username !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && (allowHttp || isLoopback(url)))
}

/** Nobody listens between this machine and itself. */
function isLoopback ({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
