import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { HttpError } from '../../../../plugins/errors/index.ts'
import { dependentApp } from '../dependencies/app.ts'

interface Session { isOpen: boolean }

function * open () {
  const session: Session = { isOpen: true }
  yield session
  session.isOpen = false
}

function * named ({ session }: { session: Session }) {
  const named: Session = { isOpen: true }
  yield { named, session }
  named.isOpen = false
}

function * failing () {
  yield
  throw new HttpError(503, 'Exception after yield')
}

// The scope is the dependency's own: FastAPI's two `Depends` of one function are two dependencies here.
const functionSession = dependency({ scope: 'function' }, open)
const requestSession = dependency({ scope: 'request' }, open)

const namedSession = dependency({ needs: { session: requestSession } }, named)
const namedFunctionSession = dependency({ scope: 'function', needs: { session: functionSession } }, named)
const namedRegularSession = dependency({ needs: { session: functionSession } }, ({ session }) => ({ named: { isOpen: true }, session }))

/** Written when it is read, after the handler is done. */
function stream (data: () => object): Readable {
  return Readable.from((function * () { yield JSON.stringify(data()) })())
}

const index: FastifyPluginAsyncTypebox = async app => {
  app.get('/', { schema: { summary: 'Get Index' } }, async () => ({ status: 'ok' }))
}

export default dependentApp(async app => {
  app.get('/function-scope', {
    config: { depends: { session: functionSession } }
  }, async ({ deps: { session } }) => stream(() => ({ is_open: session.isOpen })))

  app.get('/request-scope', {
    config: { depends: { session: requestSession } }
  }, async ({ deps: { session } }) => stream(() => ({ is_open: session.isOpen })))

  app.get('/two-scopes', {
    config: { depends: { functionSession, requestSession } }
  }, async ({ deps: { functionSession, requestSession } }) => stream(() => ({
    func_is_open: functionSession.isOpen,
    req_is_open: requestSession.isOpen
  })))

  const sessions = { '/sub': namedSession, '/named-function-scope': namedFunctionSession, '/regular-function-scope': namedRegularSession }
  for (const [url, dependency] of Object.entries(sessions)) {
    app.get(url, {
      config: { depends: { sessions: dependency } }
    }, async ({ deps: { sessions: { named, session } } }) => stream(() => ({
      named_session_open: named.isOpen,
      session_open: session.isOpen
    })))
  }

  const scopes = { '/router-scope-function': 'function', '/router-scope-request': 'request' } as const
  for (const [prefix, scope] of Object.entries(scopes)) {
    await app.register(async router => {
      router.depends([dependency({ scope }, failing)])
      await router.register(index)
    }, { prefix })
  }
})
