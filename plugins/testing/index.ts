/**
 * Test helpers: replaces dependencies, and sends typed requests.
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
    description: 'Dependencies to replace: `[override(currentUser, () => alice)]`.'
  }))
}, { additionalProperties: false })

/** Options of the plugin. All have a default. */
export interface TestingOptions {
  readonly overrides?: readonly Override[]
}

export { type Override, override } from '../dependencies/index.ts'
export { type Closed, connect, HandshakeRefused, type Talk, type TestSocket } from './connect.ts'
export * from './errors.ts'
export { fetchOf } from './fetch.ts'
export { rollbackAfter, type RollbackOptions } from './rollback.ts'
export { type Answered, type AnsweredBy, type Answers, inject, type ParamsIn, type Sent, type Wire } from './inject.ts'

const plugin: FastifyPluginAsync<TestingOptions> = async (app, options) => {
  useOverrides(app, parseOptions(name, TestingOptions, options, app).overrides)
}

/** The context of a test, of node:test or tap. */
export interface TestContext {
  after (close: () => unknown): unknown
}

/** Options of `build()`. */
export interface BuildOptions<Options> extends TestingOptions {
  /** Options of the server. */
  readonly server?: FastifyServerOptions
  /** Options of the plugin. */
  readonly options?: Options
}

/**
 * Creates an app for one test. It is ready, with dependencies replaced wherever they are used, in autoloaded and encapsulated
 * plugins too. It is closed when the test ends.
 *
 * ```ts
 * const app = await build(t, plugin, { overrides: [override(currentUser, () => alice)] })
 * ```
 *
 * @param t Context of the test, of node:test or tap: anything with `after`.
 * @param plugin The app, as a plugin.
 * @throws What the plugin throws, and mistakes in its routes.
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

/**
 * Replaces dependencies for the routes that are declared later in this scope and below. `build()` registers it.
 *
 * @param options `overrides`: the replacements. Default: none.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid.
 * @see https://fastapi.tiangolo.com/advanced/testing-dependencies/
 * @example
 * ```ts
 * await app.register(testing, { overrides: [override(currentUser, () => alice)] })
 * await app.register(routes)
 * ```
 */
export const testing = fp(plugin, { name, fastify: '5.x || 6.x' })
export default testing
