import { dependency } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from './app.ts'
import { Commons } from './commons.ts'

// Where FastAPI shares an annotation, routes here share what stands in their config.
const commons = { depends: { commons: dependency({ query: Commons }, ({ query }) => query) } }

export default dependentApp(async app => {
  app.get('/items/', { config: commons, schema: { summary: 'Read Items' } }, async ({ deps }) => deps.commons)
  app.get('/users/', { config: commons, schema: { summary: 'Read Users' } }, async ({ deps }) => deps.commons)
})
