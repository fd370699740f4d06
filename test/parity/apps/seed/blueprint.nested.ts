import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { onRouteHookHandler } from 'fastify'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from '../dependencies/app.ts'

const seen = dependency({ scope: 'app' }, (): string[] => [])

function mark (name: string) {
  return dependency({ needs: { seen } }, ({ seen }) => { seen.push(name) })
}
const marks = { app: mark('app'), outer: mark('outer'), include: mark('include'), inner: mark('inner'), route: mark('route') }

// What FastAPI's routers hand down beside what `app.inherit` does: plain Fastify says it by a hook.
const deprecated: onRouteHookHandler = route => { route.schema = { ...route.schema, deprecated: true } }
const hidden: onRouteHookHandler = route => { route.schema = { ...route.schema, hide: true } }

const inner: FastifyPluginAsyncTypebox = async app => {
  app.addHook('onRoute', deprecated)
  app.inherit({ tags: ['inner'], depends: [marks.inner], responses: { 404: { description: 'inner 404' } } })

  app.get('/leaf', {
    config: { depends: { route: marks.route, seen } },
    schema: {
      tags: ['leaf'],
      summary: 'Leaf',
      response: {
        200: Type.Unknown(),
        403: { description: 'route 403' }
      }
    }
  }, async ({ deps: { seen } }) => seen.splice(0))

  app.get('', {
    config: { depends: { seen } },
    schema: { summary: 'Bare' }
  }, async ({ deps: { seen } }) => seen.splice(0))
}

const outer: FastifyPluginAsyncTypebox = async app => {
  app.inherit({
    tags: ['outer'],
    depends: [marks.outer],
    responses: { 404: { description: 'outer 404' }, 418: { description: 'tea' } }
  })

  app.get('/:name', {
    config: { depends: { seen } },
    schema: {
      summary: 'By Name',
      params: Type.Object({ name: Type.String() })
    }
  }, async ({ params, deps: { seen } }) => ({ ...params, seen: seen.splice(0) }))

  await app.register(async included => {
    included.inherit({ tags: ['included'], depends: [marks.include] })
    await included.register(inner, { prefix: '/inner' })
  }, { prefix: '/mid' })
}

export default dependentApp(async app => {
  app.depends([marks.app])

  await app.register(outer, { prefix: '/outer' })
  await app.register(async v2 => {
    v2.addHook('onRoute', hidden)
    await v2.register(outer, { prefix: '/outer' })
  }, { prefix: '/v2' })

  // FastAPI asks the routes in their order, Fastify the most exact first: what is shadowed there answers as its shadow.
  app.get('/outer/static', {
    config: { depends: { outer: marks.outer, seen } },
    schema: { summary: 'Late' }
  }, async ({ deps: { seen } }) => ({ name: 'static', seen: seen.splice(0) }))
})
