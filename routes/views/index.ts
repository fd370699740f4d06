/**
 * Pages with a form for people: what is wrong with it stands in the page, beside what was typed.
 *
 * @module
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { RequestValidationError } from '../../plugins/validation/index.ts'
import { Form } from '../../schemas/types/index.ts'

const USERS = [
  { username: 'rick', email: 'rick@example.com' },
  { username: 'morty', email: null }
]

const views: FastifyPluginAsyncTypebox = async app => {
  app.get('/login', {
    config: { name: 'login', without: true },
    schema: { hide: true }
  }, async (_request, reply) => reply.view('views/login.html', { username: '', problems: [] }))

  app.post('/login', {
    attachValidation: true,
    config: { without: true },
    // Passwords are the business of the section security.
    schema: { hide: true, body: Form({ username: Type.String({ maxLength: 20 }), password: Type.String() }) }
  }, async (request, reply) => {
    const { body: { username = '' }, validationError } = request
    const problems = validationError instanceof RequestValidationError
      ? validationError.issues.map(({ loc, msg }) => `${loc.at(-1)}: ${msg}`)
      : USERS.some(user => user.username === username) ? [] : [`There is no user ${username}.`]
    if (problems.length > 0) return reply.code(400).view('views/login.html', { username, problems })
    return reply.redirect(request.urlFor('users'), 303)
  })

  app.get('/users', {
    config: { name: 'users', without: true },
    schema: { hide: true }
  }, async (_request, reply) => reply.view('views/users.html', { users: USERS }))
}

export default views
