/**
 * What a client is told: that its token is none, that it may not, or that nobody can say.
 *
 * @module
 */

import { BadRequest, Forbidden, type HttpErrorHeaders, ServiceUnavailable, Unauthorized } from '../errors/index.ts'

/**
 * The issuer does not answer, not in time, or with a 5xx or 429. Nothing is known of the token then, so nobody is let in.
 * Says when to come back, as the issuer does, or in a second.
 */
export class IssuerUnavailable extends ServiceUnavailable {
  /** The status of the issuer's answer, if there was one. */
  readonly answered: number | undefined

  constructor (cause: unknown, answered?: number, retryAfter?: string | null) {
    super(undefined, { 'retry-after': retryAfter != null && /^\d{1,5}$/.test(retryAfter) ? retryAfter : '1' }, { cause })
    this.answered = answered
  }
}

/**
 * The token is unknown, expired, revoked, forged or meant for somebody else; which of them is said in the log only.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 */
export class InvalidToken extends Unauthorized {
  constructor (detail: unknown = 'Could not validate credentials', headers: HttpErrorHeaders = { 'www-authenticate': 'Bearer error="invalid_token"' }, options?: ErrorOptions) {
    super(detail, headers, options)
  }
}

/**
 * The token is good, and lacks a scope that the route asks for by `scoped`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 */
export class InsufficientScope extends Forbidden {
  /** @param scopes all that the route asks for, joined by blanks */
  constructor (scopes: string, options?: ErrorOptions) {
    super('Not enough permissions', { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scopes.replaceAll(/["\\]/g, '\\$&')}"` }, options)
  }
}

/** The issuer did not give a token to the caller of a token proxy; `detail` is its answer, as text. */
export class TokenRefused extends BadRequest {}
