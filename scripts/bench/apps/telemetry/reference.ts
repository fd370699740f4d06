/**
 * The reference app as it runs in production, with lines for each request, which go nowhere.
 *
 * @module
 */

import { trace } from '@opentelemetry/api'
import Fastify from 'fastify'
import app, { type AppOptions, options } from '../../../../app.ts'
import { startSdk } from './sdk.ts'

/** @param ratio share of the requests that are traced; nothing is, without it */
export async function build (ratio?: number) {
  if (ratio !== undefined) trace.setGlobalTracerProvider(startSdk(1))
  const server = Fastify({ ...options, logger: { level: 'info', stream: { write () {} } } })
  const settings = {
    databaseUrl: 'sqlite::memory:',
    jwt: { secret: 'of nothing but a benchmark, which is open' },
    // Load is what it is for.
    underPressure: { maxEventLoopDelay: 0 },
    ...ratio !== undefined && { telemetry: { ratio } }
  }
  await server.register(app, { env: {}, envFile: null, settings } satisfies AppOptions)
  return server
}
