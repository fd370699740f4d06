import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { Test } from 'tap'
import type { AppOptions } from '../app.ts'
import { contribute } from '../plugins/core/plan/conductor.ts'

/** An empty Fastify, for the test of one plugin. It is closed when the test ends. */
export function bare (t: Test, opts: FastifyServerOptions = {}): FastifyInstance {
  const server = Fastify(opts)
  t.teardown(() => server.close())
  return server
}

/** The reference app as `fastify start --options` builds it, but blind to this machine's environment. */
export async function build (t: Test, opts: AppOptions = {}): Promise<FastifyInstance> {
  // Here, and not above: most tests are of one plugin, and need no app.
  const { default: app, options } = await import('../app.ts')
  const server = bare(t, options)
  // In memory: no test finds what another has left. A busy machine must turn no test away.
  const settings = { databaseUrl: 'sqlite::memory:', underPressure: { maxEventLoopDelay: 0 }, ...opts.settings }
  await server.register(app, { env: {}, envFile: null, ...opts, settings })
  return server
}

/** Stands in for the plugins that a document is written without. */
export function standIn (app: FastifyInstance, ...plugins: ReadonlyArray<Parameters<typeof contribute>[1]>): void {
  for (const plugin of plugins) contribute(app, plugin, () => {})
}
