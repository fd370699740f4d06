import { Type } from '@sinclair/typebox'
import { stream } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'
import { ApiError, JsonApiError } from './json-api.ts'

export default parityApp(async app => {
  app.get('/a', {
    schema: { summary: 'A', response: { 200: stream(), 500: { ...JsonApiError, description: 'Error' } } }
  }, async () => [])
  app.get('/b', {
    schema: { summary: 'B', response: { 200: Type.Any(), 500: { ...ApiError, description: 'Error' } } }
  }, async () => null)
})
