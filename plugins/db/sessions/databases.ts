/**
 * The databases of an app, by their names.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { registrations } from '../../core/registry.ts'
import { scopesFrom } from '../../core/scope.ts'
import { APIKIT_ERR_DB_NAME } from '../errors.ts'
import type { Database, Tables } from './database.ts'

/** Name of the database that is registered without one: `app.db`. */
export const DEFAULT = 'default'

/**
 * The tables of databases with a name, for the types of `app.database(name)` and `sessionOf(name)`:
 *
 * ```ts
 * declare module 'fastify-apikit/db' {
 *   interface Databases { reports: TablesOf<typeof reportTables> }
 * }
 * ```
 */
export interface Databases {}

/** The tables of a database, as far as an interface says them. */
export type TablesNamed<Name extends string> = Name extends 'default' ? Tables : Name extends keyof Databases ? Databases[Name] : {}

/** A database of an app. */
export interface NamedDatabase {
  readonly name: string
  readonly database: Database<Tables>
}

/** The decorator of a database. Messages about a missing one show it. */
export function decoratorOf (name: string): string {
  return name === DEFAULT ? 'db' : `database('${name}')`
}

/**
 * Adds a database to a scope.
 *
 * @throws APIKIT_ERR_DB_NAME when the scope has one with this name
 */
export function addDatabase (app: FastifyInstance, name: string, database: Database<Tables>): void {
  const key = decoratorOf(name)
  app.decorate(key, database)
  if (!app.hasDecorator('database')) app.decorate('database', function (this: FastifyInstance, name: string) { return databaseOf(this, name) } as FastifyInstance['database'])
}

/** @throws APIKIT_ERR_DB_NAME when the scope has a database with this name */
export function refuseSecond (app: FastifyInstance, name: string): void {
  if (!Object.hasOwn(app, decoratorOf(name))) return
  throw new APIKIT_ERR_DB_NAME(`two databases of one scope have the name ${JSON.stringify(name)}. Give one of them another name: { name: 'reports' }`)
}

/**
 * Returns the database that a scope sees under a name: its own, or that of the nearest scope above.
 *
 * @throws APIKIT_ERR_DB_NAME when there is none
 */
export function databaseOf (scope: FastifyInstance, name: string): Database<Tables> {
  const found: unknown = Reflect.get(scope, decoratorOf(name))
  if (found !== undefined) return found as Database<Tables>
  const names = [...scopesFrom(scope)].flatMap(one => namesIn(one))
  throw new APIKIT_ERR_DB_NAME(`unknown database ${JSON.stringify(name)}. Registered in this scope or above: ${[...new Set(names)].join(', ')}`)
}

/**
 * Returns all databases of an app, in the order of their registration: for health checks and metrics.
 *
 * ```ts
 * for (const { name, database } of databasesOf(app)) console.log(name, database.pools)
 * ```
 */
export function databasesOf (app: FastifyInstance): NamedDatabase[] {
  return registrations(app).flatMap(({ plugin, scope, options }) => {
    if (plugin !== 'db') return []
    const name = nameIn(options)
    return [{ name, database: databaseOf(scope, name) }]
  })
}

function namesIn (scope: FastifyInstance): string[] {
  return registrations(scope).filter(one => one.plugin === 'db' && one.scope === scope).map(({ options }) => nameIn(options))
}

function nameIn (options: object): string {
  return String(Reflect.get(options, 'name') ?? DEFAULT)
}
