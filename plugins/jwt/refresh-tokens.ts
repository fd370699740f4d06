/**
 * Refresh tokens, each valid once. Using one a second time ends its login.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.14
 */

import { createHash, randomBytes } from 'node:crypto'
import { type Static, Type } from '@sinclair/typebox'
import { parseOptions } from '../core/options.ts'
import { InvalidToken } from './invalid-token.ts'
import { isOver, type Login, type RefreshTokenStore } from './refresh-token-store.ts'

const DAY = 24 * 60 * 60

const RefreshTokenOptions = Type.Object({
  expiresIn: Type.Integer({ default: 14 * DAY, minimum: 1, description: 'Seconds until an unused token expires.' }),
  maxAge: Type.Integer({ default: 90 * DAY, minimum: 1, description: 'Seconds until the user must log in again.' }),
  onReuse: Type.Optional(Type.Unsafe<(login: Login) => void>(Type.Function([], Type.Any())))
}, { additionalProperties: false })

/** Options of `RefreshTokens`, all with a default. `onReuse` is called with a login that ended because one of its tokens was used twice. */
export type RefreshTokenOptions = Partial<Static<typeof RefreshTokenOptions>>

/** The result of a refresh. */
export interface Refreshed {
  readonly subject: string
  readonly scopes: readonly string[]
  /** The next refresh token. The old one is no longer valid. */
  readonly refreshToken: string
}

/** 128 bits identify the login, 256 bits are its secret. */
const TOKEN = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/

/**
 * Issues and renews refresh tokens.
 *
 * @example
 * ```ts
 * const refreshTokens = new RefreshTokens(new MemoryRefreshTokenStore())
 * const refreshToken = await refreshTokens.issue(user.id, form.scopes)                      // with the first access token
 * const { subject, scopes, refreshToken } = await refreshTokens.refresh(body.refresh_token) // with each that follows
 * ```
 */
export class RefreshTokens {
  readonly #store: RefreshTokenStore
  readonly #options: Static<typeof RefreshTokenOptions>

  /** @throws APIKIT_ERR_INVALID_OPTIONS */
  constructor (store: RefreshTokenStore, options: RefreshTokenOptions = {}) {
    this.#store = store
    this.#options = parseOptions('fastify-apikit/jwt: RefreshTokens', RefreshTokenOptions, options)
  }

  /**
   * Starts a login.
   *
   * @param subject the `sub` of its access tokens
   * @returns its first refresh token
   */
  async issue (subject: string, scopes: readonly string[] = []): Promise<string> {
    const id = randomBytes(16).toString('base64url')
    const { secret, hash, idleUntil } = this.#next()
    await this.#store.add({ id, subject, scopes, hash, idleUntil, endsAt: inSeconds(this.#options.maxAge) })
    return `${id}.${secret}`
  }

  /**
   * Replaces a token by the next one. A client that loses the response must log in again: it cannot be told from a thief.
   *
   * @throws InvalidToken when the token is malformed, unknown, expired, or was used before, which ends its login
   */
  async refresh (token: string): Promise<Refreshed> {
    const { id, hash } = parse(token)
    const next = this.#next()
    const now = new Date()
    const replacement = await this.#store.replace(id, hash, { hash: next.hash, idleUntil: next.idleUntil }, now)
    if (replacement.outcome === 'unknown') throw new InvalidToken('inactive', { reason: 'no login has this refresh token' })
    const { outcome, login } = replacement
    if (outcome === 'replaced') return { subject: login.subject, scopes: login.scopes, refreshToken: `${id}.${next.secret}` }

    if (isOver(login, now)) throw new InvalidToken('expired')
    this.#options.onReuse?.(login)
    throw new InvalidToken('reused')
  }

  /** Ends the login of a token (logout). Ignores a malformed token. */
  async revoke (token: string): Promise<void> {
    const [, id] = TOKEN.exec(token) ?? []
    if (id !== undefined) await this.#store.remove(id)
  }

  /** Ends all logins of a user, for example after a password change. */
  async revokeAll (subject: string): Promise<void> {
    await this.#store.removeOf(subject)
  }

  #next (): { secret: string, hash: string, idleUntil: Date } {
    const secret = randomBytes(32).toString('base64url')
    return { secret, hash: hashOf(secret), idleUntil: inSeconds(this.#options.expiresIn) }
  }
}

function parse (token: string): { id: string, hash: string } {
  const [, id, secret] = TOKEN.exec(token) ?? []
  if (id === undefined || secret === undefined) throw new InvalidToken('malformed')
  return { id, hash: hashOf(secret) }
}

function hashOf (secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

function inSeconds (seconds: number): Date {
  return new Date(Date.now() + seconds * 1000)
}
