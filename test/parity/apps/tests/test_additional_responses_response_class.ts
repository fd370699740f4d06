import { Type } from '@sinclair/typebox'
import { parityApp } from '../app.ts'
import { ApiError, JSON_API, JsonApiError } from './json-api.ts'

export default parityApp(async app => {
  app.get('/a', {
    schema: {
      summary: 'A',
      response: {
        200: { content: { [JSON_API]: { schema: Type.Any() } } },
        500: { description: 'Error', content: { [JSON_API]: { schema: JsonApiError } } }
      }
    }
  }, async () => null)
  app.get('/b', {
    schema: { summary: 'B', response: { 200: Type.Any(), 500: { ...ApiError, description: 'Error' } } }
  }, async () => null)
})
