/**
 * TypeScript of apps with many routes, for the type checker.
 *
 * @module
 */

const ROUTE_SCHEMA = (i: number) => `{
    params: Type.Object({ id${i}: Type.Integer() }),
    querystring: Type.Object({ skip: Type.Integer({ default: 0 }), q: Type.Optional(Type.String()) }),
    body: Type.Object({ name: Type.String(), price${i}: Type.Number(), tags: Type.Array(Type.String()), image: Type.Object({ url: Type.String(), width: Type.Integer() }) }),
    response: { 200: Type.Object({ id: Type.Integer(), name: Type.String(), price: Type.Number() }), 404: Type.Object({ detail: Type.String() }) }
  }`

export function apikitSource (plugins: string, routes: number): string {
  const route = (i: number) => `
  app.post('/r${i}/:id${i}', {
    config: { depends: { user: currentUser } },
    schema: ${ROUTE_SCHEMA(i)}
  }, async ({ params, query, body, deps: { user } }) => ({ id: params.id${i} + query.skip, name: user.name + body.name, price: body.price${i} }))`
  return `import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { dependency } from '${plugins}/dependencies/index.ts'
import '${plugins}/response-model/index.ts'
import '${plugins}/validation/index.ts'

const currentUser = dependency(() => ({ name: 'alice' }))
export const app: FastifyPluginAsyncTypebox = async app => {
  app.log.info(currentUser.toString() + Type.String().type)
${Array.from({ length: routes }, (_, i) => route(i)).join('\n')}
}
`
}

export function fastifySource (routes: number): string {
  const route = (i: number) => `
  app.post('/r${i}/:id${i}', {
    schema: ${ROUTE_SCHEMA(i)}
  }, async ({ params, query, body }) => ({ id: params.id${i} + query.skip, name: body.name, price: body.price${i} }))`
  return `import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'

export const app: FastifyPluginAsyncTypebox = async app => {
  app.log.info(Type.String().type)
${Array.from({ length: routes }, (_, i) => route(i)).join('\n')}
}
`
}
