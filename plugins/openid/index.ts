/**
 * Verifies tokens of an OpenID provider, requests tokens for this app, and logs browsers in.
 *
 * @module
 */

import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
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
  app.addHook('onClose', async () => { issuer.close() })
}

export const openid = fp(plugin, { name, fastify: '5.x || 6.x' })
export default openid
