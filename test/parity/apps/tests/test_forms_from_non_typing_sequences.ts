import { Type } from '@fastify/type-provider-typebox'
import { Form, SetOf } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  const list = Form({ items: Type.Array(Type.String()) })

  app.post('/form/python-list', { schema: { summary: 'Post Form Param List', body: list } }, async ({ body: { items } }) => items)

  app.post('/form/python-set', {
    schema: { summary: 'Post Form Param Set', body: Form({ items: SetOf(Type.String()) }) }
  }, async ({ body: { items } }) => [...items])

  app.post('/form/python-tuple', { schema: { summary: 'Post Form Param Tuple', body: list } }, async ({ body: { items } }) => items)
})
