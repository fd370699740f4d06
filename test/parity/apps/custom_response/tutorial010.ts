import { html } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/items/', {
    schema: { summary: 'Read Items', response: { 200: html() } }
  }, async () => '<h1>Items</h1><p>This is a list of items.</p>')
})
