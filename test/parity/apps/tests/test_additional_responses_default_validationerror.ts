import { Type } from '@sinclair/typebox'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/a/:id', { schema: { summary: 'A', params: Type.Object({ id: Type.Any() }) } }, async () => null)
})
