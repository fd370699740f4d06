import { html } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'
import { page } from './html.ts'

export default parityApp(async app => {
  app.get('/items/', { schema: { summary: 'Read Items', response: { 200: html() } } }, async () => page)
})
