import { Type } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { BadRequest, NotFound, Teapot } from '../../../../plugins/errors/index.ts'
import { dependentApp } from '../dependencies/app.ts'

class KeyError extends Error {}

const log = dependency({ scope: 'app' }, (): string[] => [])

const a = dependency({ needs: { log } }, async function * ({ log }) {
  log.push('a open')
  try {
    yield 'a'
  } finally {
    log.push('a close')
  }
})

const b = dependency({ needs: { a, log } }, async function * ({ a, log }) {
  log.push('b open')
  try {
    yield a + 'b'
  } finally {
    log.push('b close')
  }
})

const c = dependency({
  needs: { b, log },
  query: Type.Object({ fail: Type.Boolean({ default: false }) })
}, function * ({ b, log, query: { fail } }) {
  log.push('c open')
  if (fail) throw new BadRequest('c failed')
  try {
    yield b + 'c'
  } catch (error) {
    if (error instanceof KeyError) log.push('c saw KeyError')
    throw error
  } finally {
    log.push('c close')
  }
})

const swallow = dependency({ needs: { log } }, async function * ({ log }) {
  try {
    yield
  } catch (error) {
    if (!(error instanceof KeyError)) throw error
    log.push('swallowed')
    throw new Teapot('from KeyError', undefined, { cause: error })
  }
})

export default dependentApp(async app => {
  app.get('/chain/', {
    config: { depends: { c, a, log } },
    schema: { summary: 'Chain' }
  }, async ({ deps: { c, a, log } }) => {
    log.push('handler')
    return { c, a }
  })

  app.get('/chain/error/', {
    config: { depends: { c } },
    schema: { summary: 'Chain Error' }
  }, async () => { throw new NotFound('no such chain') })

  app.get('/chain/key/', {
    config: { depends: { swallow, c } },
    schema: { summary: 'Chain Key' }
  }, async () => { throw new KeyError('k') })

  app.get('/chain/crash/', {
    config: { depends: { c } },
    schema: { summary: 'Chain Crash' }
  }, async () => { throw new Error('x') })

  app.get('/chain/invalid/', {
    config: { depends: { c } },
    schema: {
      summary: 'Chain Invalid',
      querystring: Type.Object({ n: Type.Integer() })
    }
  }, async ({ query }) => query)

  app.get('/log/', {
    config: { depends: { log } },
    schema: { summary: 'Read Log' }
  }, async ({ deps: { log } }) => log.splice(0))
})
