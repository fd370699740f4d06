/**
 * What is attacked: the reference app, with the routes of `probes.ts` besides.
 *
 * @module
 */

import Fastify, { type FastifyInstance } from 'fastify'
import app, { options } from '../../app.ts'
import { probes } from './probes.ts'

/** A route, as much as is needed to aim at it. */
export interface Aim {
  readonly method: string
  readonly url: string
  readonly schema: Readonly<Record<string, unknown>>
}

export interface Target {
  readonly server: FastifyInstance
  readonly aims: readonly Aim[]
  /** What failed on the server since this was last asked for; the log of it is off. */
  failures (): unknown[]
}

/** The one shows what becomes of a wrong value, a 500; the other ticks until its client goes, which one that is injected does not. */
const LEFT_OUT: ReadonlySet<string> = new Set(['/response/broken/', '/stream/clock'])

export async function openTarget (): Promise<Target> {
  const server = Fastify(options)
  const aims: Aim[] = []
  let failures: unknown[] = []
  server.addHook('onRoute', ({ method, url, schema }) => {
    for (const one of [method].flat()) if (one !== 'HEAD' && !LEFT_OUT.has(url)) aims.push({ method: one, url, schema: { ...schema } })
  })
  server.addHook('onError', async (_request, _reply, error) => { failures.push(error) })
  await server.register(app, { env: {}, envFile: null, settings: { databaseUrl: 'sqlite::memory:', underPressure: { maxEventLoopDelay: 0 } } }) // an attack is to be answered, not turned away
  await server.register(probes, { prefix: '/probes' })
  await server.ready()
  return {
    server,
    aims,
    failures () {
      const since = failures
      failures = []
      return since
    }
  }
}
