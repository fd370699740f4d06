import { dependency, scoped, securityScopes } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from '../dependencies/app.ts'

const security1 = dependency({ needs: { asked: securityScopes } }, ({ asked }) => asked.scopes)
const security2 = dependency({ needs: { asked: securityScopes } }, ({ asked }) => asked.scopes)

const dep3 = dependency({
  needs: { dep1: scoped(security1, ['scope1']), dep2: scoped(security2, ['scope2']) }
}, ({ dep1, dep2 }) => ({ dep1, dep2 }))

export default dependentApp(async app => {
  app.get('/scopes', {
    config: { depends: { dep3: scoped(dep3, ['scope3']) } },
    schema: { summary: 'Get Scopes' }
  }, async ({ deps: { dep3 } }) => dep3)
})
