/**
 * An app with a database of its own, in memory.
 *
 * @module
 */

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import db, { type AnyTable } from '../../../../plugins/db/index.ts'
import { dependentApp, type DependentFactory } from '../dependencies/app.ts'

export function databaseApp (tables: readonly AnyTable[], routes: FastifyPluginAsyncTypebox): DependentFactory {
  return dependentApp(async app => {
    await app.register(db, { url: 'sqlite::memory:', tables })
    await app.db.createTables()
    await routes(app, {})
  })
}
