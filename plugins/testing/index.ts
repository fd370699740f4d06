/**
 * What the tests of an app need: dependencies replaced by others, and requests that are typed.
 *
 * @module
 */

import { Type } from '@sinclair/typebox'
import { fastify, type FastifyInstance, type FastifyPluginAsync, type FastifyPluginCallback, type FastifyServerOptions } from 'fastify'
import fp from 'fastify-plugin'
import { type Override, useOverrides } from '../dependencies/index.ts'
import { parseOptions } from '../core/options.ts'

const name = 'fastify-apikit/testing'

export const TestingOptions = Type.Object({
  overrides: Type.Unsafe<readonly Override[]>(Type.Array(Type.Any(), {
    default: [],
    description: 'Dependencies to be replaced: `[override(currentUser, () => alice)]`.'
  }))
}, { additionalProperties: false })

/** What a caller may write: every option has a default. */
export interface TestingOptions {
  readonly overrides?: readonly Override[]
}

export { type Override, override } from '../dependencies/index.ts'
export { type Closed, connect, HandshakeRefused, type Talk, type TestSocket } from './connect.ts'
export * from './errors.ts'
export { fetchOf } from './fetch.ts'
export { type Answered, type AnsweredBy, type Answers, inject, type ParamsIn, type Sent, type Wire } from './inject.ts'

const plugin: FastifyPluginAsync<TestingOptions> = async (app, options) => {
  useOverrides(app, parseOptions(name, TestingOptions, options, app).overrides)
}

/** The context of a test, of node:test or tap. */
export interface TestContext {
  after (close: () => unknown): unknown
}

/** What `build` is given beside the plugin. */
export interface BuildOptions<Options> extends TestingOptions {
  /** Options of the server. */
  readonly server?: FastifyServerOptions
  /** Options of the plugin. */
  readonly options?: Options
}

/**
 * An app of its own for one test: ready, with dependencies replaced wherever they are asked for, autoloaded and
 * encapsulated plugins included. It is closed when the test ends.
 *
 * ```ts
 * const app = await build(t, plugin, { overrides: [override(currentUser, () => alice)] })
 * ```
 *
 * @throws what the plugin throws, and what is wrong with its routes
 */
export async function build<Options extends object = Record<never, never>> (
  t: TestContext, plugin: FastifyPluginAsync<Options> | FastifyPluginCallback<Options>, { overrides = [], server = {}, options }: BuildOptions<Options> = {}
): Promise<FastifyInstance> {
  const app = fastify(server)
  t.after(() => app.close())
  await app.register(testing, { overrides })
  await app.register(plugin as FastifyPluginAsync, { ...options })
  await app.ready()
  return app
}

export const testing = fp(plugin, { name, fastify: '5.x || 6.x' })
export default testing
