import { dependentApp } from './app.ts'
import { commonQueryParams } from './common-query-params.ts'

const rows = [{ item_name: 'Foo' }, { item_name: 'Bar' }, { item_name: 'Baz' }]

export default dependentApp(async app => {
  app.get('/items/', {
    config: { depends: { commons: commonQueryParams } },
    schema: { summary: 'Read Items' }
  }, async ({ deps: { commons: { q, skip, limit } } }) => ({ ...(q && { q }), items: rows.slice(skip, skip + limit) }))
})
