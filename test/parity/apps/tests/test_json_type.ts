import { Type } from '@fastify/type-provider-typebox'
import { Form, Json } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Items = Type.Array(Type.String())

export default parityApp(async app => {
  app.get('/query-json-list', {
    schema: {
      summary: 'Query Json List',
      querystring: Type.Object({ items: Json(Items) }),
      response: { 200: Items }
    }
  }, async ({ query: { items } }) => items)

  app.get('/header-json-list', {
    schema: {
      summary: 'Header Json List',
      headers: Type.Object({ x_items: Json(Items) }),
      response: { 200: Items }
    }
  }, async ({ headers: { x_items: items } }) => items)

  app.get('/cookie-json-list', {
    schema: {
      summary: 'Cookie Json List',
      cookies: Type.Object({ items: Json(Items) }),
      response: { 200: Items }
    }
  }, async ({ cookieParams: { items } }) => items)

  app.post('/form-json-list', {
    schema: {
      summary: 'Form Json List',
      body: Form({ items: Json(Items) }),
      response: { 200: Items }
    }
  }, async ({ body: { items } }) => items)
})
