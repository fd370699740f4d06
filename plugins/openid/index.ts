/**
 * Verifies tokens of an OpenID provider, requests tokens for this app, and logs browsers in.
 *
 * @module
 */

import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { addHealthCheck } from '../core/health-checks.ts'
import { Issuer } from './issuer.ts'
import { OpenIdOptions, readOptions } from './options.ts'

const name = 'fastify-apikit/openid'

export { OpenIdOptions }
export type { BearerFlow } from './bearer.ts'
export { type CacheOptions } from './checked-tokens.ts'
export { TokenClaims } from './claims.ts'
export { type ClientToken, type ClientTokenOptions } from './client-token.ts'
export * from './errors.ts'
export { type Issuer, type JwksOptions, type Login, type TokenProxyDependencyOptions, UserClaims } from './issuer.ts'
export type { LoginOptions } from './options.ts'
export * from './refusals.ts'
export { InvalidToken, type InvalidTokenCode } from '../jwt/index.ts'
export type { TokenOptions } from './token-dependency.ts'
export type { TokenProxyOptions } from './token-proxy.ts'
export type { Fetch } from './transport.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The issuer. Missing when the plugin has no `issuer`. Added by `fastify-apikit/openid`. */
    readonly openid: Issuer
  }
}

const plugin: FastifyPluginAsync<OpenIdOptions> = async (app, options) => {
  const checked = readOptions(name, options, app)
  if (checked === undefined) return
  const issuer = new Issuer(checked)
  app.decorate('openid', issuer)
  addHealthCheck(app, 'openid', () => issuer.check())
  app.addHook('onClose', async () => { issuer.close() })
}

/**
 * Adds `app.openid`, which verifies tokens of an OpenID provider, requests tokens, and logs browsers in. Without the option
 * `issuer` it does nothing. Needs the packages `jose` and `oauth4webapi`, and `@fastify/oauth2` for the login.
 *
 * @param options `clockTolerance` (default 60), `maxKeyAge`, `maxKeyStale` and `keyCooldown` are in seconds, `timeout` (default 5000) is in milliseconds.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid. The message lists all problems.
 * @throws APIKIT_ERR_MISSING_PEER when a package is not installed.
 * @see https://openid.net/specs/openid-connect-core-1_0.html
 * @example
 * ```ts
 * await app.register(openid, { issuer: 'https://example.okta.com/oauth2/default', audience: 'api://default' })
 * const caller = app.openid.jwks()
 * ```
 */
export const openid = fp(plugin, { name, fastify: '5.x || 6.x' })
export default openid
