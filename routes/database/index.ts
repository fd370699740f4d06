/**
 * Users in a database: a table declared once, a session for each request.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/sql-databases/
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { session, UniqueViolation } from '../../plugins/db/index.ts'
import { BadRequest, NotFound } from '../../plugins/errors/index.ts'
import { users } from '../../schemas/tables.ts'

const UserBase = Type.Pick(users.Create, ['email'])
const UserCreate = Type.Composite([UserBase, Type.Object({ password: Type.String() })], { title: 'UserCreate' })
const User = Type.Composite([UserBase, Type.Pick(users.Public, ['id', 'is_active'])], { title: 'User' })

const Page = Type.Object({
  skip: Type.Integer({ default: 0 }),
  limit: Type.Integer({ default: 100 })
})

const database: FastifyPluginAsyncTypebox = async app => {
  // Not asked for beforehand: two at the same time would both be told that it is free.
  app.handle(UniqueViolation, () => { throw new BadRequest('Email already registered') })

  app.post('/users/', {
    config: { depends: { db: session } },
    schema: { summary: 'Create User', body: UserCreate, response: { 200: User } }
  }, async ({ body: { email, password }, deps: { db } }) =>
    db.insertInto('users')
      .values({ email, hashed_password: `${password}notreallyhashed` })
      .returningAll()
      .executeTakeFirstOrThrow())

  app.get('/users/', {
    config: { depends: { db: session } },
    schema: { summary: 'Read Users', querystring: Page, response: { 200: Type.Array(User) } }
  }, async ({ query: { skip, limit }, deps: { db } }) =>
    db.selectFrom('users').selectAll().orderBy('id')
      // In SQLite a negative limit is none, and PostgreSQL refuses it: here it is none.
      .limit(limit < 0 ? Number.MAX_SAFE_INTEGER : limit)
      .offset(Math.max(skip, 0))
      .execute())

  app.get('/users/:user_id', {
    config: { depends: { db: session } },
    schema: { summary: 'Read User', params: Type.Object({ user_id: Type.Integer() }), response: { 200: User } }
  }, async ({ params: { user_id: id }, deps: { db } }) => {
    const user = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
    if (user === undefined) throw new NotFound('User not found')
    return user
  })
}

export default database
