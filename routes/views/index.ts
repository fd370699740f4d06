/**
 * Pages: a login for the accounts of the section account, whose page shows what is wrong beside what was typed; the users of
 * the section database.
 *
 * @module
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { RequestValidationError } from '../../plugins/validation/index.ts'
import { Form } from '../../plugins/types/index.ts'
import { clientSignal } from '../../plugins/security/index.ts'
import { userOf } from '../account/users.ts'
import { fromThisOrigin } from '../same-origin.ts'

const views: FastifyPluginAsyncTypebox = async app => {
  app.addHook('onRequest', fromThisOrigin)

  app.get('/login', {
    config: { name: 'login', without: true },
    schema: { hide: true }
  }, async (_request, reply) => reply.view('views/login.html', { email: '', problems: [] }))

  app.post('/login', {
    attachValidation: true,
    config: { without: true },
    schema: { hide: true, body: Form({ email: Type.String({ maxLength: 200 }), password: Type.String({ maxLength: 200 }) }) }
  }, async (request, reply) => {
    const { body, validationError } = request
    if (validationError instanceof RequestValidationError) {
      // What was sent may be anything then, and need not be a form.
      const { email }: { email?: unknown } = Object(body)
      const problems = validationError.issues.map(({ loc, msg }) => `${loc.at(-1)}: ${msg}`)
      return reply.code(400).view('views/login.html', { email: typeof email === 'string' ? email : '', problems })
    }
    const { email, password } = body
    if (await userOf(app.db, email, password, { signal: clientSignal(reply) }) !== undefined) return reply.redirect(request.urlFor('users'), 303)
    // Which of the two is wrong is told to nobody.
    return reply.code(400).view('views/login.html', { email, problems: ['The address or the password is wrong.'] })
  })

  app.get('/users', {
    config: { name: 'users', without: true },
    schema: { hide: true }
  }, async (_request, reply) => reply.view('views/users.html', { users: await app.db.selectFrom('users').selectAll().orderBy('id').limit(100).execute() }))
}

export default views
