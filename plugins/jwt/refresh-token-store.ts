/**
 * Where logins are kept that refresh tokens go on with.
 *
 * @module
 */

/** A login: one row, however often its token is renewed. */
export interface Login {
  /** A random text, the primary key. */
  readonly id: string
  /** Whose login it is: the `sub` of its access tokens. */
  readonly subject: string
  readonly scopes: readonly string[]
  /** SHA-256, in base64url, of the secret in the one refresh token that is good. The token itself is stored nowhere. */
  readonly hash: string
  /** Until when the token has to be used. */
  readonly idleUntil: Date
  /** Until when the user need not log in again, however often the token is used. */
  readonly endsAt: Date
}

/** What came of replacing the token of a login; `login` is what is stored now, or was stored before it was removed. */
export type Replacement =
  | { readonly outcome: 'replaced' | 'removed', readonly login: Login }
  | { readonly outcome: 'unknown' }

/**
 * A place for logins: a table, a hash in Redis. Every operation is to be done in whole or not at all, and `replace` by one
 * caller at a time for each login. In SQL that takes no transaction:
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
   * Puts the hash of a new token in place of the old one; if the old one is not the one that is good (any more), or is too
   * late, the login is removed.
   *
   * @param at the time now
   */
  replace (id: string, hash: string, next: Pick<Login, 'hash' | 'idleUntil'>, at: Date): Promise<Replacement>
  remove (id: string): Promise<void>
  /** Removes all logins of a user. */
  removeOf (subject: string): Promise<void>
  /** Removes what is over: to be called now and then. */
  removeExpired (at: Date): Promise<void>
}

/** Keeps logins in the memory of one process, until it ends: for tests, and for a single server that may forget. */
export class MemoryRefreshTokenStore implements RefreshTokenStore {
  readonly #logins = new Map<string, Login>()

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

/** Whether a login cannot be renewed any more. */
export function isOver ({ idleUntil, endsAt }: Login, at: Date): boolean {
  return idleUntil <= at || endsAt <= at
}
