import { dependentApp } from '../../dependencies/app.ts'
import { queryToken, tokenHeader } from './dependencies.ts'
import admin from './internal/admin.ts'
import items from './routers/items.ts'
import users from './routers/users.ts'

export default dependentApp(async app => {
  app.depends([queryToken])

  await app.register(users)
  await app.register(items, { prefix: '/items' })

  // What the file of a router does not say, whoever includes it says around it.
  await app.register(async scope => {
    scope.inherit({
      tags: ['admin'],
      depends: [tokenHeader],
      responses: { 418: { description: "I'm a teapot" } }
    })
    await scope.register(admin)
  }, { prefix: '/admin' })

  app.get('/', { schema: { summary: 'Root' } }, async () => ({ message: 'Hello Bigger Applications!' }))
})
