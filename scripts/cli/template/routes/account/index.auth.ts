import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import 'fastify-apikit'
import { Conflict, ServiceUnavailable, Unauthorized } from 'fastify-apikit/errors'
import 'fastify-apikit/jwt'
import { challenge, clientSignal, password, passwordForm } from 'fastify-apikit/security'
import { Email, Secret } from 'fastify-apikit/types'
import { claims } from './claims.ts'
import { usersOf } from './users.ts'

const NewAccount = Type.Object({ email: Email(), password: Secret({ minLength: 8, maxLength: 200 }) }, { title: 'NewAccount' })
const Account = Type.Object({ email: Type.String() }, { title: 'Account' })
const Token = Type.Object({ access_token: Type.String(), token_type: Type.String() }, { title: 'Token' })

const routes: FastifyPluginAsyncTypebox = async app => {
  // if database
  const users = usersOf(app)
  // else
  const users = usersOf()
  // end
  app.inherit({ tags: ['account'] })

  app.post('/', {
    config: { public: true },
    schema: { summary: 'Create an account', body: NewAccount, response: { 201: Account, 409: Conflict.schema, 503: ServiceUnavailable.schema } }
  }, async ({ body: { email, password: secret } }, reply) => {
    const hash = await password.hash(secret.reveal(), { signal: clientSignal(reply) })
    if (!await users.add({ email, hash })) throw new Conflict('There is an account with this address already')
    return { email }
  })

  app.post('/token', {
    config: { public: true, depends: { form: passwordForm } },
    schema: { summary: 'Log in', response: { 200: Token, 401: Unauthorized.schema, 503: ServiceUnavailable.schema } }
  }, async ({ deps: { form } }, reply) => {
    const user = await users.find(form.username)
    // Takes as long for an unknown user as for a wrong password.
    if (!await password.verify(form.password, user?.hash, { signal: clientSignal(reply) })) throw new Unauthorized('Incorrect username or password', challenge())
    return { access_token: app.tokens.sign({ sub: form.username }), token_type: 'bearer' }
  })

  app.get('/me', {
    config: { depends: { claims } },
    schema: { summary: 'Read the account', response: { 200: Account } }
  }, async ({ deps: { claims } }) => ({ email: String(claims.sub) }))
}

export default routes
