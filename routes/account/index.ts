/**
 * Users of one's own: made, logged in, kept logged in, logged out. What they say is in the database, and their passwords
 * are hashed by Argon2id.
 *
 * @module
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { DatabaseRefreshTokenStore, session, UniqueViolation } from '../../plugins/db/index.ts'
import { dependency } from '../../plugins/dependencies/index.ts'
import { Conflict, ServiceUnavailable, Unauthorized } from '../../plugins/errors/index.ts'
import { InvalidToken, RefreshTokens, verified } from '../../plugins/jwt/index.ts'
import { challenge, clientSignal, oauth2PasswordBearer, password, passwordForm } from '../../plugins/security/index.ts'
import { accounts } from '../../schemas/tables.ts'
import { greet } from '../../schemas/tasks.ts'
import { Email, Secret } from '../../plugins/types/index.ts'
import { addressOf, userOf } from './users.ts'

const Account = Type.Pick(accounts.Public, ['id', 'email'], { title: 'Account' })
const NewAccount = Type.Object({ email: Email(), password: Secret({ minLength: 8, maxLength: 200 }) }, { title: 'NewAccount' })
const RefreshToken = Type.Object({ refresh_token: Type.String({ maxLength: 100, redact: true }) }, { title: 'RefreshToken' })
const Tokens = Type.Object({
  access_token: Type.String(), refresh_token: Type.String(), token_type: Type.String(), expires_in: Type.Integer()
}, { title: 'Tokens' })

/** Seconds that an access token is good for: what is revoked is over then. */
const SHORT = 300

const routes: FastifyPluginAsyncTypebox = async app => {
  const refreshTokens = new RefreshTokens(new DatabaseRefreshTokenStore(app.db), {
    onReuse: ({ subject }) => { app.log.warn({ subject }, 'a refresh token was used twice: its login is over') }
  })
  const claims = verified(oauth2PasswordBearer({ tokenUrl: `${app.prefix}/token`.slice(1), schemeName: 'Account' }))
  const account = dependency({ needs: { claims, db: session }, errors: [InvalidToken] }, async ({ claims, db }) => {
    const user = /^\d{1,9}$/.test(claims.sub ?? '') ? await db.selectFrom('accounts').selectAll().where('id', '=', Number(claims.sub)).executeTakeFirst() : undefined
    if (user === undefined || !user.is_active) throw new InvalidToken('subject')
    return user
  })

  const answer = (subject: string, refreshToken: string) => ({
    access_token: app.tokens.sign({ sub: subject }, { expiresIn: SHORT }), refresh_token: refreshToken, token_type: 'bearer', expires_in: SHORT
  })

  app.handle(UniqueViolation, () => { throw new Conflict('There is an account with this address already') })

  app.post('/users', {
    config: { public: true, depends: { db: session } },
    schema: { summary: 'Create Account', tags: ['account'], body: NewAccount, response: { 201: Account, 409: Conflict.schema, 503: ServiceUnavailable.schema } }
  }, async ({ body, tasks, deps: { db } }, reply) => {
    const hash = await password.hash(body.password.reveal(), { signal: clientSignal(reply) })
    const user = await db.insertInto('accounts').values({ email: addressOf(body.email), hashed_password: hash }).returningAll().executeTakeFirstOrThrow()
    // In the same transaction: nobody is greeted who is not there.
    await tasks.add(greet, { name: user.email })
    return user
  })

  app.post('/token', {
    config: { public: true, depends: { form: passwordForm } },
    schema: { summary: 'Log In', tags: ['account'], response: { 200: Tokens, 401: Unauthorized.schema, 503: ServiceUnavailable.schema } }
  }, async ({ deps: { form } }, reply) => {
    const user = await userOf(app.db, form.username, form.password, { signal: clientSignal(reply) })
    if (user === undefined) throw new Unauthorized('Incorrect username or password', challenge())
    const subject = String(user.id)
    return answer(subject, await refreshTokens.issue(subject))
  })

  app.post('/refresh', {
    config: { public: true },
    schema: { summary: 'Refresh', tags: ['account'], body: RefreshToken, response: { 200: Tokens, 401: InvalidToken.schema } }
  }, async ({ body }) => {
    const { subject, refreshToken } = await refreshTokens.refresh(body.refresh_token)
    return answer(subject, refreshToken)
  })

  app.post('/logout', {
    config: { public: true },
    schema: { summary: 'Log Out', tags: ['account'], body: RefreshToken, response: { 204: Type.Null() } }
  }, async ({ body }, reply) => {
    await refreshTokens.revoke(body.refresh_token)
    return reply.code(204).send(null)
  })

  app.get('/me', {
    config: { depends: { account } },
    schema: { summary: 'Read Account', tags: ['account'], response: { 200: Account } }
  }, async ({ deps: { account } }) => account)
}

export default routes
