// if database
import type { FastifyInstance } from 'fastify'
import 'fastify-apikit/db'

// end
export interface User {
  readonly email: string
  /** Of the password. */
  readonly hash: string
}

export interface Users {
  find (email: string): Promise<User | undefined>
  /** Returns whether the address was free. */
  add (user: User): Promise<boolean>
}

// if database
/** The users in the database. */
export function usersOf (app: FastifyInstance): Users {
  return {
    find: async email => await app.db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst(),
    async add (user) {
      const added = await app.db.insertInto('users').values(user).onConflict(conflict => conflict.column('email').doNothing()).returning('id').executeTakeFirst()
      return added !== undefined
    }
  }
}
// else
/** Users in memory, gone with the process: replace them by those of your database. */
export function usersOf (): Users {
  const users = new Map<string, User>()
  return {
    find: async email => users.get(email),
    async add (user) {
      if (users.has(user.email)) return false
      users.set(user.email, user)
      return true
    }
  }
}
// end
