/**
 * The app of a project: loaded as fastify-cli loads it, on a server that does not listen.
 *
 * @module
 */

import { createRequire } from 'node:module'
import { basename } from 'node:path'
import type { FastifyInstance, FastifyPluginAsync, FastifyServerOptions, RouteOptions } from 'fastify'
import { importFile, type ImportFailure } from '../../plugins/core/import-file.ts'
import { declarePurpose, type Purpose } from '../../plugins/core/purpose.ts'
import { registrations } from '../../plugins/core/registry.ts'
import { findApp } from './app-file.ts'
import type { Io } from './command.ts'
import { Failure } from './failures.ts'

/** What the file of an app exports. */
interface AppModule {
  readonly default?: unknown
  /** Options of the server. */
  readonly options?: FastifyServerOptions
  /** Options of the app for its document, which must not depend on a machine. */
  readonly documentOptions?: object
}

/** A route, and the scope that declares it. */
export interface FoundRoute {
  readonly scope: FastifyInstance
  readonly route: RouteOptions
}

export interface LoadedApp {
  /** The app is registered, its plugins have been run. It is not ready. */
  readonly server: FastifyInstance
  readonly routes: readonly FoundRoute[]
}

interface LoadOptions {
  readonly app: string | undefined
  readonly purpose?: Purpose
  readonly logger?: FastifyServerOptions['logger']
  /** Register the app with its `documentOptions`. */
  readonly isForDocument?: boolean
}

/**
 * Loads the app, does some work with it, and closes it.
 *
 * @throws Failure when its file is not there, cannot be imported, or exports no plugin
 */
export async function withApp<T> (io: Io, options: LoadOptions, work: (app: LoadedApp) => Promise<T>): Promise<T> {
  const { server, register, routes } = await makeServer(io, options)
  try {
    await register()
    return await work({ server, routes })
  } finally {
    await server.close()
  }
}

/** Loads the app for a process that goes on. */
export async function openApp (io: Io, options: LoadOptions): Promise<FastifyInstance> {
  const { server, register } = await makeServer(io, options)
  await register()
  return server
}

async function makeServer ({ cwd }: Io, { app, purpose, logger = false, isForDocument = false }: LoadOptions) {
  const file = findApp(cwd, app)
  const module: AppModule = await importFile(file).catch((error: ImportFailure) => { throw error.isRefused ? new Failure(error.message, { cause: error }) : error.cause })
  // A module of CommonJS has its exports below `default`, too.
  const { options, documentOptions = {} } = { ...Object(module.default), ...module } as AppModule
  const plugin = typeof module.default === 'function' ? module.default : Object(module.default).default
  if (typeof plugin !== 'function') throw new Failure(`${basename(file)} exports no plugin. Expected: export default async function (app, options) { … }, and no app.listen(): fastify-apikit start does that.`)

  // The Fastify of the app, as fastify-cli takes it.
  const Fastify: (options: FastifyServerOptions) => FastifyInstance = createRequire(file)('fastify')
  const { logger: _, loggerInstance: __, ...serverOptions } = options ?? {}
  const server = Fastify({ ...serverOptions, logger })
  if (purpose !== undefined) declarePurpose(server, purpose)
  const routes: FoundRoute[] = []
  server.addHook('onRoute', function (route) { routes.push({ scope: this, route }) })
  return {
    server,
    routes,
    register: async () => { await server.register(plugin as FastifyPluginAsync, isForDocument ? documentOptions : {}) }
  }
}

/**
 * Returns the scope that a plugin was registered in, the first of several.
 *
 * @throws Failure when it was not
 */
export function scopeOf (server: FastifyInstance, plugin: string): FastifyInstance {
  const found = registrations(server).find(one => one.plugin === plugin)
  if (found === undefined) throw new Failure(`The app does not register fastify-apikit/${plugin}.`)
  return found.scope
}
