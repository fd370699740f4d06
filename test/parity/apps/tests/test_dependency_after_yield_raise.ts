import { dependency } from '../../../../plugins/dependencies/index.ts'
import { Teapot } from '../../../../plugins/errors/index.ts'
import { dependentApp } from '../dependencies/app.ts'

class CustomError extends Error {}

const catching = dependency(function * () {
  try {
    yield 's'
  } catch (error) {
    throw error instanceof CustomError ? new Teapot('Session error', undefined, { cause: error }) : error
  }
})

const broken = dependency(function * () {
  yield 's'
  throw new Error('Broken after yield')
})

export default dependentApp(async app => {
  app.get('/catching', {
    config: { depends: { catching } },
    schema: { summary: 'Catching' }
  }, async () => { throw new CustomError('Simulated error during streaming') })

  app.get('/broken', {
    config: { depends: { broken } },
    schema: { summary: 'Broken' }
  }, async () => ({ message: 'all good?' }))
})
