/**
 * Signs and verifies JSON Web Tokens, and renews them with refresh tokens.
 *
 * @module
 */

import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { parseOptions } from '../core/options.ts'
import { readKeys } from './keys.ts'
import { JwtOptions } from './options.ts'
import { Signatures } from './signatures.ts'
import { Tokens } from './tokens.ts'

const name = 'fastify-apikit/jwt'

export { JwtOptions }
export type { Claims } from './claims.ts'
export * from './errors.ts'
export { InvalidToken, type InvalidTokenCode, type InvalidTokenOptions, type TokenProblem } from './invalid-token.ts'
export { JwtAlgorithm, JwtKey } from './keys.ts'
export { type Login, MemoryRefreshTokenStore, type RefreshTokenStore, type Replacement } from './refresh-token-store.ts'
export { type Refreshed, type RefreshTokenOptions, RefreshTokens } from './refresh-tokens.ts'
export { type IsRevoked, type SignOptions, Tokens } from './tokens.ts'
export { requireScopes, scopesOf, verified, type VerifiedOptions } from './verified.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Signs and verifies tokens. Added by `fastify-apikit/jwt`. */
    readonly tokens: Tokens
  }
}

const plugin: FastifyPluginAsync<JwtOptions> = async (app, options) => {
  const { secret, algorithm, keys = [], isRevoked, issuer, typ, audience, cache, expiresIn, requiredClaims, clockTolerance } = parseOptions(name, JwtOptions, options, app)
  const own = secret === undefined ? [] : [{ algorithm, secret }]
  const checked = readKeys([...own, ...keys])
  app.decorate('tokens', new Tokens(checked, { audience: [audience].flat(), cacheSize: cache.max, expiresIn, requiredClaims, clockTolerance, isRevoked, issuer, typ }, await Signatures.register(app, checked[0], typ ?? 'JWT')))
}

/**
 * Adds `app.tokens`, which signs and verifies JSON Web Tokens. Needs the package `@fastify/jwt`.
 *
 * @param options `secret` or `keys` are required. `expiresIn` (default 1800) and `clockTolerance` (default 0) are in seconds.
 * @throws APIKIT_ERR_JWT_KEYS when keys are missing or weak. The message lists all problems.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid.
 * @throws APIKIT_ERR_MISSING_PEER when @fastify/jwt is not installed.
 * @see https://www.rfc-editor.org/rfc/rfc7519
 * @example
 * ```ts
 * await app.register(jwt, { secret: process.env.JWT_SECRET, issuer: 'https://shop.example' })
 * const token = app.tokens.sign({ sub: user.id })
 * ```
 */
export const jwt = fp(plugin, { name, fastify: '5.x || 6.x' })
export default jwt
