/**
 * Routers in routers, five levels deep, each with and without what it hands down.
 *
 * @module
 */

import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { dependentApp } from '../dependencies/app.ts'

type Levels = readonly number[]
type Routes = (app: FastifyInstance, above: Levels) => Promise<void>

/** Sets a header, and is what FastAPI calls a response class: JSON under another name. The innermost comes last. */
function mark (level: number) {
  return dependency(({ reply }) => {
    reply.header(`x-level${level}`, 'True').type(`application/x-level-${level}`).serializer(JSON.stringify)
  })
}

/** What the app calls in its turn, one for each level, as OpenAPI has it: there is no other way to say it. */
function callbacks (levels: Levels): object {
  return Object.fromEntries(levels.map(level => [`callback${level}`, {
    '/': {
      get: {
        summary: `Callback${level}`,
        operationId: `callback${level}__get`,
        parameters: [{ name: `level${level}`, in: 'query', required: true, schema: { type: 'string', title: `Level${level}` } }],
        responses: {
          200: { description: 'Successful Response', content: { 'application/json': { schema: {} } } },
          422: {
            description: 'Validation Error',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/HTTPValidationError' } } }
          }
        }
      }
    }
  }]))
}

/**
 * What a router hands down, or what a path operation says of itself.
 *
 * @param levels up to this one, which is the last
 */
function handDown (app: FastifyInstance, levels: Levels, level: number, tags: readonly string[], deprecated: boolean): void {
  app.inherit({
    tags,
    depends: [mark(level)],
    responses: {
      [400 + level]: { description: `Client error level ${level}` },
      [500 + level]: { description: `Server error level ${level}` }
    }
  })
  // These `app.inherit` does not know: plain Fastify says them by a hook, the innermost last.
  app.addHook('onRoute', route => {
    route.schema = {
      ...route.schema,
      ...deprecated && { deprecated },
      produces: [`application/x-level-${level}`],
      openapiExtra: { callbacks: callbacks(levels) }
    }
  })
}

/** @param added the levels of the routers around, outer to inner; the even ones are deprecated */
async function within (app: FastifyInstance, above: Levels, [level, ...others]: Levels, routes: Routes): Promise<void> {
  if (level === undefined) return routes(app, above)
  await app.register(async router => {
    const levels = [...above, level]
    handDown(router, levels, level, [`level${level}a`, `level${level}b`], level % 2 === 0)
    await within(router, levels, others, routes)
  }, { prefix: `/level${level}` })
}

/** Includes a router with something to hand down, then without; one that has something itself, then one that has not. */
async function include (app: FastifyInstance, above: Levels, level: number, routes: Routes): Promise<void> {
  for (const inclusion of [[level], []]) {
    for (const router of [[level + 1], []]) await within(app, above, [...inclusion, ...router], routes)
  }
}

/** Two path operations: one that says everything of itself, and one that takes all from above. */
function operations (level: number): Routes {
  const name = `level${level}`
  const add = (app: FastifyInstance, above: Levels, kind: 'Override' | 'Default'): void => {
    const router = level === 1 ? '' : ` Router${level - 1} ${above.includes(level - 1) ? 'Override' : 'Default'}`
    app.withTypeProvider<TypeBoxTypeProvider>().get(`/${kind.toLowerCase()}${level}`, {
      schema: {
        summary: `Path${level} ${kind}${router}`,
        querystring: Type.Object({ [name]: Type.String() })
      }
    }, async ({ query }) => query[name])
  }
  return async (app, above) => {
    add(app, above, 'Default')
    await app.register(async own => {
      handDown(own, [...above, level], level, [`path${level}a`, `path${level}b`], true)
      add(own, above, 'Override')
    })
  }
}

export default dependentApp(async app => {
  handDown(app, [0], 0, [], false)
  await operations(1)(app, [0])
  await include(app, [0], 1, async (outer, above) => {
    await operations(3)(outer, above)
    await include(outer, above, 3, operations(5))
  })
})
