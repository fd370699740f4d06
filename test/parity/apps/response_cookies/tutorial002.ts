import dependencies, { dependency } from '../../../../plugins/dependencies/index.ts'
import { setCookie } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

const session = dependency(({ reply }) => { setCookie(reply, 'fakesession', 'fake-cookie-session-value') })

export default parityApp(async app => {
  await app.register(dependencies)
  app.post('/cookie-and-object/', {
    schema: { summary: 'Create Cookie' },
    config: { depends: { session } }
  }, async () => ({ message: 'Come to the dark side, we have cookies' }))
})
