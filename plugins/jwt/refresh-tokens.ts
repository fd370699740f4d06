/**
 * Refresh tokens: each is good once, and using one a second time ends the login it belongs to.
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
  expiresIn: Type.Integer({ default: 14 * DAY, minimum: 1, description: 'Seconds until a token that is not used expires.' }),
  maxAge: Type.Integer({ default: 90 * DAY, minimum: 1, description: 'Seconds until the user has to log in again.' }),
  onReuse: Type.Optional(Type.Unsafe<(login: Login) => void>(Type.Function([], Type.Any())))
}, { additionalProperties: false })

/** Every option has a default. `onReuse` is told of a login that was ended because a token of it was used twice. */
export type RefreshTokenOptions = Partial<Static<typeof RefreshTokenOptions>>

/** What a refresh token was good for. */
export interface Refreshed {
  readonly subject: string
  readonly scopes: readonly string[]
  /** The token for the next time; the one that was given is good no more. */
  readonly refreshToken: string
}

/** 128 bits to find a login by, 256 bits that nobody guesses. */
const TOKEN = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/

/**
 * Issues and renews refresh tokens.
 *
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
   * Begins a login.
   *
   * @param subject the `sub` of its access tokens
   * @returns the first refresh token of it
   */
  async issue (subject: string, scopes: readonly string[] = []): Promise<string> {
    const id = randomBytes(16).toString('base64url')
    const { secret, hash, idleUntil } = this.#next()
    await this.#store.add({ id, subject, scopes, hash, idleUntil, endsAt: inSeconds(this.#options.maxAge) })
    return `${id}.${secret}`
  }

  /**
   * Takes a token, and gives the next. A client that lost the answer has to log in again: nobody can tell it from a thief.
   *
   * @throws InvalidToken when the token is none, has expired or was used before, which ends its login
   */
  async refresh (token: string): Promise<Refreshed> {
    const { id, hash } = parse(token)
    const next = this.#next()
    const now = new Date()
    const replacement = await this.#store.replace(id, hash, { hash: next.hash, idleUntil: next.idleUntil }, now)
    if (replacement.outcome === 'unknown') throw new InvalidToken('there is no such login')
    const { outcome, login } = replacement
    if (outcome === 'replaced') return { subject: login.subject, scopes: login.scopes, refreshToken: `${id}.${next.secret}` }

    if (isOver(login, now)) throw new InvalidToken('the refresh token has expired')
    this.#options.onReuse?.(login)
    throw new InvalidToken('the refresh token was used before; its login is over')
  }

  /** Ends the login of a token: a logout. Of what is no token, none. */
  async revoke (token: string): Promise<void> {
    const [, id] = TOKEN.exec(token) ?? []
    if (id !== undefined) await this.#store.remove(id)
  }

  /** Ends all logins of a user: after a new password. */
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
  if (id === undefined || secret === undefined) throw new InvalidToken('it is no refresh token')
  return { id, hash: hashOf(secret) }
}

function hashOf (secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

function inSeconds (seconds: number): Date {
  return new Date(Date.now() + seconds * 1000)
}
