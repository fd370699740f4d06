import Fastify, { type FastifyInstance } from 'fastify'
import { Type } from '@sinclair/typebox'
import dependencies, { type Dependency, dependency } from '../../../../plugins/dependencies/index.ts'
import errors from '../../../../plugins/errors/index.ts'
import validation from '../../../../plugins/validation/index.ts'

/** A chain: each dependency needs the one before, and reads a parameter of its own. */
export default async function build (count: number): Promise<FastifyInstance> {
  const app = Fastify()
  for (const plugin of [errors, validation, dependencies]) await app.register(plugin)
  let last: Dependency<number> = dependency(() => 1)
  for (let i = 1; i < count; i++) {
    const query = Type.Object({ [`step${i}`]: Type.Integer({ default: 1 }) })
    last = dependency({ needs: { before: last }, query }, ({ before, query }) => before + Number(query[`step${i}`]))
  }
  app.get('/', { config: { depends: { last } } }, async ({ deps }) => String(deps.last))
  return app
}
