/**
 * Stores the logins of refresh tokens in the database, for `RefreshTokens` of `fastify-apikit/jwt`.
 *
 * @module
 */

import type { TArray, TString, TUnsafe } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { type Column, column } from '../../db/tables/columns.ts'
import type { Database } from '../../db/sessions/database.ts'
import type { Migrations } from '../../db/migrations/migrations.ts'
import { type Row, type Table, table } from '../../db/tables/table.ts'
import type { Login, Replacement } from '../refresh-token-store.ts'

/** One row for each login, however often its token is renewed. It has the hash of a token, not the token. */
export const logins: Table<'logins', {
  id: Column<TString, false, false, false, true>
  subject: Column<TString, false, false, false, false>
  scopes: Column<TArray<TString>, false, false, false, false>
  hash: Column<TString, false, true, false, false>
  idle_until: Column<TUnsafe<Date>, false, false, false, false>
  ends_at: Column<TUnsafe<Date>, false, false, false, false>
}> = table('logins', {
  id: column.text({ primaryKey: true }),
  subject: column.text({ index: true }),
  scopes: column.json(Type.Array(Type.String())),
  hash: column.text({ hidden: true }),
  idle_until: column.dateTime(),
  ends_at: column.dateTime()
})

/** The migration that creates their table. `DatabaseRefreshTokenStore` registers it. */
const migrations: Migrations = {
  '20261124T190000_logins': {
    async up (schema) {
      await schema.createTable('logins', {
        id: column.text({ primaryKey: true }),
        subject: column.text({ index: true }),
        scopes: column.json(Type.Unknown()),
        hash: column.text(),
        idle_until: column.dateTime(),
        ends_at: column.dateTime()
      })
    },
    async down (schema) {
      await schema.dropTable('logins')
    }
  }
}

/**
 * Stores logins in the database of the app. They outlive the process, and several processes can share them. Each operation is one
 * statement, or two of which the second is harmless alone: of several callers with one token only one succeeds.
 *
 * ```ts
 * await app.register(db, { url })
 * const refreshTokens = new RefreshTokens(new DatabaseRefreshTokenStore(app.db)) // before the app is ready: it brings a migration
 * ```
 */
export class DatabaseRefreshTokenStore {
  readonly #db

  /**
   * @param db The database, `app.db`.
   * @throws APIKIT_ERR_DB_REGISTER when this database has such a store already.
   */
  constructor (db: Pick<Database, 'of' | 'register'>) {
    db.register({ name: 'logins', tables: [logins], migrations })
    this.#db = db.of([logins])
  }

  async add ({ idleUntil, endsAt, scopes, ...login }: Login): Promise<void> {
    await this.#db.insertInto('logins').values({ ...login, scopes: [...scopes], idle_until: idleUntil, ends_at: endsAt }).execute()
  }

  async replace (id: string, hash: string, next: Pick<Login, 'hash' | 'idleUntil'>, at: Date): Promise<Replacement> {
    const replaced = await this.#db.updateTable('logins').set({ hash: next.hash, idle_until: next.idleUntil })
      .where('id', '=', id).where('hash', '=', hash).where('idle_until', '>', at).where('ends_at', '>', at)
      .returningAll().executeTakeFirst()
    if (replaced !== undefined) return { outcome: 'replaced', login: loginOf(replaced) }
    const removed = await this.#db.deleteFrom('logins').where('id', '=', id).returningAll().executeTakeFirst()
    return removed === undefined ? { outcome: 'unknown' } : { outcome: 'removed', login: loginOf(removed) }
  }

  async remove (id: string): Promise<void> {
    await this.#db.deleteFrom('logins').where('id', '=', id).execute()
  }

  async removeOf (subject: string): Promise<void> {
    await this.#db.deleteFrom('logins').where('subject', '=', subject).execute()
  }

  async removeExpired (at: Date): Promise<void> {
    await this.#db.deleteFrom('logins').where(({ or, eb }) => or([eb('idle_until', '<=', at), eb('ends_at', '<=', at)])).execute()
  }
}

function loginOf ({ idle_until: idleUntil, ends_at: endsAt, ...login }: Row<typeof logins>): Login {
  return { ...login, idleUntil, endsAt }
}
