import { AsyncLocalStorage } from 'node:async_hooks'
import { Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from '../dependencies/app.ts'

const requestState = new AsyncLocalStorage<{ user: string } | undefined>()

const setUpRequestState = dependency(async function * () {
  const state = { user: 'deadpond' }
  requestState.enterWith(state)
  yield state
  requestState.enterWith(undefined)
})

export default dependentApp(async app => {
  app.addHook('onSend', async (_request, reply) => { reply.header('custom', 'foo') })

  app.get('/user', {
    config: { depends: [setUpRequestState] },
    schema: {
      summary: 'Get User',
      response: { 200: Type.Unknown() }
    }
  }, async () => requestState.getStore()?.user)
})
