import { Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from '../dependencies/app.ts'

const fakeAnswerToEverything = (x: number): number => x * 42

// FastAPI's lifespan: made before the first request, gone with the app.
const models = dependency({ scope: 'app' }, async function * () {
  const models = new Map([['answer_to_everything', fakeAnswerToEverything]])
  yield models
  models.clear()
})

export default dependentApp(async app => {
  app.get('/predict', {
    config: { depends: { models } },
    schema: { summary: 'Predict', querystring: Type.Object({ x: Type.Number() }) }
  }, async ({ query: { x }, deps: { models } }) => ({ result: models.get('answer_to_everything')?.(x) }))
})
