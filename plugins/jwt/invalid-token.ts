import type { SecurityScopes } from '../dependencies/index.ts'
import { Unauthorized } from '../errors/index.ts'
import { challenge } from '../security/index.ts'

const REASONS = {
  malformed: 'the token is malformed',
  algorithm: 'the signature algorithm is not allowed',
  key: 'no key has the kid of the token',
  signature: 'the signature is invalid',
  type: 'the typ of the token is another one',
  issuer: 'the token is from another issuer',
  audience: 'the token is for another audience',
  client: 'the token was issued to another client',
  expired: 'the token has expired',
  not_yet_valid: 'the token is not valid yet',
  claims: 'a claim is missing or invalid',
  at_hash: 'the at_hash of the ID token does not match the access token',
  inactive: 'the token is unknown or no longer active',
  revoked: 'the token is revoked',
  reused: 'the refresh token was used before',
  subject: 'the subject of the token is unknown',
  scope: 'the token lacks a required scope'
} as const

/** What is wrong with a token, as a stable code. */
export type InvalidTokenCode = keyof typeof REASONS

/** What is wrong with a token: a code for programs and a sentence for the log. */
export interface TokenProblem {
  readonly code: InvalidTokenCode
  readonly reason: string
}

export interface InvalidTokenOptions extends ErrorOptions {
  /** Sentence for the log, never sent; a general one for the code by default. */
  readonly reason?: string | undefined
  /** Scopes that the route requires, for the default challenge: the value of `securityScopes`. */
  readonly asked?: SecurityScopes | undefined
  /** Value of `WWW-Authenticate`; by default `Bearer`, with the scopes in `asked`. */
  readonly challenge?: string | undefined
}

/**
 * A rejected token: 401 with `WWW-Authenticate`. The client is told that it is invalid and not why, except that a scope is
 * missing; `code` and `reason` say why. `fastify-apikit/jwt` and `fastify-apikit/openid` throw this one class.
 *
 * @example
 * ```ts
 * app.handle(InvalidToken, (error, request) => {
 *   request.log.info({ code: error.code, reason: error.reason })
 *   throw error
 * })
 * ```
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 */
export class InvalidToken extends Unauthorized implements TokenProblem {
  override readonly code: InvalidTokenCode
  readonly reason: string

  /** @param code what is wrong, `subject` for a user who does not exist */
  constructor (code: InvalidTokenCode, { reason = REASONS[code], asked, challenge: value, ...options }: InvalidTokenOptions = {}) {
    const detail = code === 'scope' ? 'Not enough permissions' : 'Could not validate credentials'
    super(detail, value === undefined ? challenge(asked) : { 'www-authenticate': value }, options)
    this.code = code
    this.reason = reason
  }
}

/** Describes a problem; the sentence is the general one for the code by default. */
export function tokenProblem (code: InvalidTokenCode, reason: string = REASONS[code]): TokenProblem {
  return { code, reason }
}
