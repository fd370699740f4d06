import { setCookie } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.post('/cookie/', { schema: { summary: 'Create Cookie' } }, async (_request, reply) => {
    setCookie(reply, 'fakesession', 'fake-cookie-session-value')
    return { message: 'Come to the dark side, we have cookies' }
  })
})
