/**
 * Dependencies: shared parameters, classes, chains, guards, what is made once a request, and what is closed after it.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/dependencies/
 */

import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox'
import { dependency, fresh } from '../../plugins/dependencies/index.ts'
import { BadRequest, Conflict, NotFound } from '../../plugins/errors/index.ts'
import { Nullable } from '../../plugins/types/index.ts'

const rows = [{ item_name: 'Foo' }, { item_name: 'Bar' }, { item_name: 'Baz' }]

const Commons = Type.Object({
  q: Nullable(Type.String(), { default: null }),
  skip: Type.Integer({ default: 0 }),
  limit: Type.Integer({ default: 100 })
})

// The limit is read and checked, and then there is another.
const commonParameters = dependency({ query: Commons }, ({ query: { q, skip } }) => ({ q, skip, limit: 66 }))

class CommonQueryParams {
  readonly q: string | null
  readonly skip: number
  readonly limit: number

  constructor ({ query: { q, skip, limit } }: { query: Static<typeof Commons> }) {
    this.q = q
    this.skip = skip
    this.limit = limit
  }
}

const commonQueryParams = dependency({ query: Commons }, CommonQueryParams)

const queryExtractor = dependency({
  query: Type.Object({ q: Nullable(Type.String(), { default: null }) })
}, ({ query }) => query.q)

const queryOrCookie = dependency({
  needs: { q: queryExtractor },
  cookies: Type.Object({ last_query: Nullable(Type.String(), { default: null }) })
}, ({ q, cookies }) => q || cookies.last_query)

const verifyToken = dependency({
  headers: Type.Object({ x_token: Type.String() })
}, ({ headers }) => {
  if (headers.x_token !== 'fake-super-secret-token') throw new BadRequest('X-Token header invalid')
})

const verifyKey = dependency({
  headers: Type.Object({ x_key: Type.String() })
}, ({ headers }) => {
  if (headers.x_key !== 'fake-super-secret-key') throw new BadRequest('X-Key header invalid')
})

// Of scope `app`: every instance of the app counts and logs for itself.
const calls = dependency({ scope: 'app' }, () => ({ count: 0 }))
const log = dependency({ scope: 'app' }, (): string[] => [])

const counter = dependency({ needs: { calls } }, ({ calls }) => ++calls.count)
const a = dependency({ needs: { counter } }, ({ counter }) => counter)
const b = dependency({ needs: { counter } }, ({ counter }) => counter)

class ValueError extends Error {}

const resource = dependency({ needs: { log } }, async function * ({ log }) {
  log.push('open')
  try {
    yield 'resource'
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    log.push('seen')
    throw new Conflict('converted', undefined, { cause: error })
  } finally {
    log.push('close')
  }
})

const routes: FastifyPluginAsyncTypebox = async app => {
  app.get('/items/', {
    config: { depends: { commons: commonParameters } },
    schema: { summary: 'Read Items' }
  }, async ({ deps: { commons } }) => ({ ...commons, skip: commons.skip + 10 }))

  app.get('/items/class/', {
    config: { depends: { commons: commonQueryParams } },
    schema: { summary: 'Read Class' }
  }, async ({ deps: { commons: { q, skip, limit } } }) => ({ ...(q && { q }), items: rows.slice(skip, skip + limit) }))

  app.get('/items/sub/', {
    config: { depends: { queryOrDefault: queryOrCookie } },
    schema: { summary: 'Read Sub' }
  }, async ({ deps: { queryOrDefault } }) => ({ q_or_cookie: queryOrDefault }))

  app.get('/items/guarded/', {
    config: { depends: [verifyToken, verifyKey] },
    schema: {
      summary: 'Guarded',
      querystring: Type.Object({ n: Type.Integer({ default: 1 }) })
    }
  }, async ({ query: { n } }) => [{ item: 'Foo' }, { n }])

  app.get('/cached/', {
    config: { depends: { x: a, y: b, z: fresh(counter) } },
    schema: { summary: 'Cached' }
  }, async ({ deps: { x, y, z } }) => ({ x, y, z }))

  app.get('/resource/:how', {
    config: { depends: { resource } },
    schema: {
      summary: 'Use',
      params: Type.Object({ how: Type.String() })
    }
  }, async ({ params: { how }, deps: { resource } }) => {
    if (how === 'value') throw new ValueError('x')
    if (how === 'http') throw new NotFound('gone')
    return { r: resource }
  })

  app.get('/log/', {
    config: { depends: { log } },
    schema: { summary: 'Read Log' }
  }, async ({ deps: { log } }) => log)
}

export default routes
