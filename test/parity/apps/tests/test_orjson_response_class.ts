import { Type } from '@sinclair/typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/orjson_non_str_keys', {
    schema: { summary: 'Get Orjson Non Str Keys', response: { 200: Type.Any() } }
  }, async () => new Map<unknown, unknown>([['msg', 'Hello World'], [1, 1]]))
})
