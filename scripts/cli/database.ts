/**
 * The database that a command is for, of those that the app registers.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { registrations } from '../../plugins/core/registry.ts'
import { Failure } from './failures.ts'

/** Options of commands that take a database. */
export const DATABASE_OPTION = {
  database: { type: 'string', value: 'NAME', description: 'Name of the database, for an app with several. Default: the one without a name.' }
} as const

interface FoundDatabase {
  readonly db: FastifyInstance['db']
  /** The folder of migrations that the app reads; `undefined` where it reads none. */
  readonly folder: string | undefined
}

/**
 * Finds a database by its name.
 *
 * @throws Failure when the app has none, or no such one
 */
export function databaseIn (server: FastifyInstance, name = 'default'): FoundDatabase {
  const all = registrations(server).filter(({ plugin }) => plugin === 'db')
    .map(({ scope, options }) => ({ scope, name: 'default', ...options as { readonly name?: string, readonly migrations?: string } }))
  if (all.length === 0) throw new Failure('The app does not register fastify-apikit/db.')
  const found = all.find(one => one.name === name)
  if (found === undefined) throw new Failure(`The app has no database "${name}". Registered: ${all.map(one => one.name).join(', ')}. Choose one with --database NAME.`)
  return { db: found.scope.database(found.name) as unknown as FastifyInstance['db'], folder: found.migrations }
}
