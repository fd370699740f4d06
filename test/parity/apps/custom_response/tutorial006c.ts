import { redirect } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/pydantic', { schema: { summary: 'Redirect Pydantic', response: { 302: redirect() } } }, async () => 'https://docs.pydantic.dev/')
})
