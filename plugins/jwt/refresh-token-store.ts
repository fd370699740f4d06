/**
 * The store of logins, which refresh tokens continue.
 *
 * @module
 */

import { refuseWorkers } from '../core/workers.ts'

/** A login: one row, no matter how often its token is renewed. */
export interface Login {
  /** Random string, the primary key. */
  readonly id: string
  /** The user: `sub` of the access tokens. */
  readonly subject: string
  readonly scopes: readonly string[]
  /** SHA-256 of the secret in the current refresh token, in base64url. The token itself is not stored. */
  readonly hash: string
  /** When the current token expires if it is not used. */
  readonly idleUntil: Date
  /** When the login ends, no matter how often its token is renewed. */
  readonly endsAt: Date
}

/** Result of `replace`; `login` is the stored row, or the row that was removed. */
export type Replacement =
  | { readonly outcome: 'replaced' | 'removed', readonly login: Login }
  | { readonly outcome: 'unknown' }

/**
 * A store of logins: a table, a hash in Redis. Each operation must be atomic, so that of several callers of `replace` with one
 * token only one succeeds. In SQL that needs no transaction:
 *
 * ```sql
 * UPDATE logins SET hash = :next, idle_until = :idle_until
 *  WHERE id = :id AND hash = :hash AND idle_until > :at AND ends_at > :at RETURNING *  -- a row: `replaced`
 * DELETE FROM logins WHERE id = :id RETURNING *                                       -- else; a row: `removed`, no row: `unknown`
 * ```
 */
export interface RefreshTokenStore {
  add (login: Login): Promise<void>
  /**
   * Replaces the hash of the current token. If `hash` is not the current one, or the login has expired, removes the login.
   *
   * @param at current time
   */
  replace (id: string, hash: string, next: Pick<Login, 'hash' | 'idleUntil'>, at: Date): Promise<Replacement>
  remove (id: string): Promise<void>
  /** Removes all logins of a user. */
  removeOf (subject: string): Promise<void>
  /** Removes expired logins. Call it periodically. */
  removeExpired (at: Date): Promise<void>
}

/** Keeps logins in memory until the process ends: for tests, and for a single process. */
export class MemoryRefreshTokenStore implements RefreshTokenStore {
  readonly #logins = new Map<string, Login>()

  /** @throws APIKIT_ERR_WORKERS when several processes serve the app: each would know its own logins only. */
  constructor () {
    refuseWorkers('fastify-apikit/jwt: MemoryRefreshTokenStore', 'Use DatabaseRefreshTokenStore of fastify-apikit/db')
  }

  async add (login: Login): Promise<void> {
    this.#logins.set(login.id, login)
  }

  async replace (id: string, hash: string, next: Pick<Login, 'hash' | 'idleUntil'>, at: Date): Promise<Replacement> {
    const login = this.#logins.get(id)
    if (login === undefined) return { outcome: 'unknown' }
    if (login.hash !== hash || isOver(login, at)) {
      this.#logins.delete(id)
      return { outcome: 'removed', login }
    }
    const replaced = { ...login, ...next }
    this.#logins.set(id, replaced)
    return { outcome: 'replaced', login: replaced }
  }

  async remove (id: string): Promise<void> {
    this.#logins.delete(id)
  }

  async removeOf (subject: string): Promise<void> {
    for (const login of this.#logins.values()) if (login.subject === subject) this.#logins.delete(login.id)
  }

  async removeExpired (at: Date): Promise<void> {
    for (const login of this.#logins.values()) if (isOver(login, at)) this.#logins.delete(login.id)
  }
}

/** Whether a login has expired. */
export function isOver ({ idleUntil, endsAt }: Login, at: Date): boolean {
  return idleUntil <= at || endsAt <= at
}
