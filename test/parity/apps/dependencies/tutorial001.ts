import { dependency } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from './app.ts'
import { Commons } from './commons.ts'

const commonParameters = dependency({ query: Commons }, ({ query }) => query)

export default dependentApp(async app => {
  app.get('/items/', {
    config: { depends: { commons: commonParameters } },
    schema: { summary: 'Read Items' }
  }, async ({ deps: { commons } }) => commons)

  app.get('/users/', {
    config: { depends: { commons: commonParameters } },
    schema: { summary: 'Read Users' }
  }, async ({ deps: { commons } }) => commons)
})
