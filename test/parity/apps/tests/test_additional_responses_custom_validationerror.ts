import { Type } from '@sinclair/typebox'
import { parityApp } from '../app.ts'
import { JSON_API, JsonApiError } from './json-api.ts'

export default parityApp(async app => {
  app.get('/a/:id', {
    schema: {
      summary: 'A',
      params: Type.Object({ id: Type.Any() }),
      response: {
        200: { content: { [JSON_API]: { schema: Type.Any() } } },
        422: { description: 'Error', content: { [JSON_API]: { schema: JsonApiError } } }
      }
    }
  }, async () => null)
})
