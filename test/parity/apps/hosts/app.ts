/**
 * Two routes, behind whatever guards an app.
 *
 * @module
 */

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type AppFactory, parityApp } from '../app.ts'

export function guardedApp (guards: FastifyPluginAsyncTypebox): AppFactory {
  return parityApp(async app => {
    await guards(app, {})

    app.get('/', { schema: { summary: 'Main' } }, async () => ({ message: 'Hello World' }))

    app.post('/items/', { schema: { summary: 'Post' } }, async () => ({ made: true }))
  })
}

export const ORIGINS = ['https://gzky.live', 'https://google.com', 'http://localhost:5000', 'http://localhost:8000']
