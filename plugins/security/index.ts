/**
 * Adds security schemes as dependencies, password hashing, and a guard that closes routes by default.
 *
 * @module
 */

import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { parseOptions } from '../core/options.ts'
import { checkRoutes, contribute } from '../core/plan/conductor.ts'
import { register } from '../core/registry.ts'
import { type GuardOptions, Guards } from './guard.ts'

const name = 'fastify-apikit/security'

export const SecurityOptions = Type.Object({}, { additionalProperties: false })

/** The plugin has no options. */
export type SecurityOptions = Record<never, never>

export { apiKey, type ApiKeyOptions } from './api-key.ts'
export { challenge } from './challenge.ts'
export { clientSignal } from '../core/request/client-signal.ts'
export type { ApiKeyPlace, BasicCredentials, HttpCredentials } from './credentials.ts'
export * from './errors.ts'
export type { GuardOptions } from './guard.ts'
export {
  httpBase, type HttpBaseOptions, httpBasic, type HttpBasicOptions, httpBearer, type HttpBearerOptions, httpDigest
} from './http-schemes.ts'
export {
  oauth2, oauth2AuthorizationCodeBearer, type OAuth2AuthorizationCodeBearerOptions, oauth2ClientCredentialsBearer, type OAuth2ClientCredentialsBearerOptions,
  type OAuth2Flow, type OAuth2Options, oauth2PasswordBearer, type OAuth2PasswordBearerOptions, openIdConnect, type OpenIdConnectOptions, type ScopeTexts
} from './oauth2-schemes.ts'
export { type PasswordForm, passwordForm, strictPasswordForm } from './password-form.ts'
export type { HashingOptions } from './hashing-queue.ts'
export { Passwords, password, type PasswordCheck, PasswordOptions } from './password.ts'
export type { Authenticated, SchemeOptions } from './scheme.ts'

const kGuards: unique symbol = Symbol('fastify-apikit.security.guards')

declare module 'fastify' {
  interface FastifyContextConfig {
    /** If true, the route is public: `app.guard` accepts it without a security scheme. Added by `fastify-apikit/security`. */
    public?: boolean
  }
  interface FastifyInstance {
    /**
     * Requires that each route of this scope and below depends on a security scheme or sets `config: { public: true }`.
     * Otherwise startup fails. The nearest guard counts. Added by `fastify-apikit/security`.
     *
     * ```ts
     * app.guard({ default: 'deny', public: ['/docs', 'GET /items', '/static/*'] })
     * ```
     *
     * @throws APIKIT_ERR_GUARD when an option is unknown or invalid.
     */
    guard (options: GuardOptions): this
    [kGuards]: Guards
  }
}

const plugin: FastifyPluginAsync<SecurityOptions> = async (app, options) => {
  parseOptions(name, SecurityOptions, options, app)
  // Registered above already: that registration applies here too.
  if (app.hasDecorator(kGuards)) return

  const guards = new Guards()
  app.decorate(kGuards, guards)
  app.decorate('guard', function (this: FastifyInstance, options: GuardOptions) {
    guards.set(this, options)
    register(this, 'app.guard', options)
    return this
  })
  contribute(app, 'security', plan => {
    plan.atReady.push(refuse => { guards.check(plan, refuse) })
  })
  checkRoutes(app, (route, refuse) => { guards.checkEarly(route, refuse) })
}

/**
 * Adds `app.guard()`, which closes the routes of this scope and below by default. The schemes work without it. It has no
 * options. Register it before the routes.
 *
 * @throws APIKIT_ERR_ROUTES at startup, when a guard refuses routes. The message lists all of them.
 * @see https://fastapi.tiangolo.com/tutorial/security/
 * @example
 * ```ts
 * await app.register(security)
 * app.guard({ default: 'deny' })
 * ```
 */
export const security = fp(plugin, { name, fastify: '5.x || 6.x' })
export default security
