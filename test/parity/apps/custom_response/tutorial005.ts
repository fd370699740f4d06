import { text } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/', { schema: { summary: 'Main', response: { 200: text() } } }, async () => 'Hello World')
})
