import { Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from './app.ts'

const username = dependency({ scope: 'function' }, function * () {
  yield 'Rick'
})

export default dependentApp(async app => {
  app.get('/users/me', {
    config: { depends: { username } },
    schema: {
      summary: 'Get User Me',
      response: { 200: Type.Unknown() }
    }
  }, async ({ deps }) => deps.username)
})
