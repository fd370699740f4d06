import { dependency, override, scoped, securityScopes } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from '../dependencies/app.ts'

const user = dependency({ needs: { asked: securityScopes } }, ({ asked }) => ({ name: 'john', scopes: asked.scopes }))
const alice = dependency({ needs: { asked: securityScopes } }, ({ asked }) => ({ name: 'alice', scopes: asked.scopes }))
const data = dependency(() => [1, 2, 3])

export default dependentApp(async app => {
  app.get('/user', {
    config: { depends: { user: scoped(user, ['foo', 'bar']), data } },
    schema: { summary: 'Read User' }
  }, async ({ deps: { user, data } }) => ({ user: user.name, scopes: user.scopes, data }))
}, {
  overrides: [override(user, alice), override(data, () => [3, 4, 5])]
})
