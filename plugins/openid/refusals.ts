/**
 * Errors of openid that are sent to the client.
 *
 * @module
 */

import { BadRequest, Forbidden, ServiceUnavailable } from '../errors/index.ts'
import type { InvalidTokenCode } from '../jwt/index.ts'

/**
 * 503: the issuer does not respond in time, or responds with 5xx or 429, so that the token cannot be checked. `Retry-After` is the
 * issuer's, or one second.
 */
export class IssuerUnavailable extends ServiceUnavailable {
  /** Status of the issuer's response, if there was one. */
  readonly answered: number | undefined

  constructor (cause: unknown, answered?: number, retryAfter?: string | null) {
    super(undefined, { 'retry-after': retryAfter != null && /^\d{1,5}$/.test(retryAfter) ? retryAfter : '1' }, { cause })
    this.answered = answered
  }
}

/**
 * 403: the token is valid, but lacks a scope that the route requires with `scoped`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 */
export class InsufficientScope extends Forbidden {
  override readonly code: InvalidTokenCode = 'scope'

  /** @param scopes all scopes that the route requires, separated by spaces */
  constructor (scopes: string, options?: ErrorOptions) {
    super('Not enough permissions', { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scopes.replaceAll(/["\\]/g, '\\$&')}"` }, options)
  }
}

/** 400: the issuer refused a token to the caller of a token proxy. `detail` is its response, as text. */
export class TokenRefused extends BadRequest {}
