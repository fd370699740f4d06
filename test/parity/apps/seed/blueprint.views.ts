import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { BadRequest } from '../../../../plugins/errors/index.ts'
import { Nullable } from '../../../../plugins/types/index.ts'
import { dependentApp } from '../dependencies/app.ts'

const UserOut = Type.Object({
  username: Type.String(),
  email: Nullable(Type.String(), { default: null })
}, { title: 'UserOut' })

const users = [
  { username: 'rick', email: 'rick@example.com', password: 'portal' },
  { username: 'morty', email: null, password: 'jeez' }
]

const credentials = dependency({
  form: Type.Object({
    username: Nullable(Type.String(), { default: null }),
    password: Nullable(Type.String(), { default: null })
  })
}, ({ form }) => form)

const index: FastifyPluginAsyncTypebox = async app => {
  app.get('/index', { schema: { summary: 'Index' } }, async () => ({ page: 'index' }))
}

const user: FastifyPluginAsyncTypebox = async app => {
  app.inherit({ tags: ['user'] })

  app.post('/login/', {
    config: { depends: { credentials } },
    schema: {
      summary: 'Login',
      response: { 200: UserOut }
    }
  }, async ({ deps: { credentials } }, reply) => {
    if (users.every(({ username }) => username !== credentials.username)) throw new BadRequest('not exist...')
    return reply.redirect('/index', 307)
  })

  app.route({
    method: ['GET', 'POST'],
    url: '/list',
    schema: {
      summary: 'User List',
      produces: ['text/html'],
      response: { 200: Type.String() }
    },
    handler: async (_request, reply) => {
      reply.type('text/html; charset=utf-8')
      const items = users.map(({ username, email }, index) => `  <li>${index + 1}: ${username}${email === null ? '' : ` (${email})`}</li>`)
      return ['<ul>', ...items, '</ul>'].join('\n')
    }
  })

  app.route({
    method: ['GET', 'POST'],
    url: '/json',
    schema: {
      summary: 'User Json',
      response: { 200: Type.Array(UserOut) }
    },
    handler: async () => users
  })
}

export default dependentApp(async app => {
  await app.register(index)
  await app.register(user, { prefix: '/user' })
})
