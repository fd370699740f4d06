/**
 * Reads the settings of the app once, from `.env` and the environment, validates and freezes them.
 *
 * @module
 */

import type { Static } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { parseOptions } from '../core/options.ts'
import { SettingsOptions } from './options.ts'
import { read } from './read.ts'
import type { SettingsSchema } from './schema.ts'

const name = 'fastify-apikit/settings'

export { SettingsOptions }
export * from './errors.ts'

/**
 * The type of `app.settings`. Augment it with the type of your schema:
 *
 * ```ts
 * declare module 'fastify-apikit/settings' {
 *   interface Settings extends Static<typeof AppSettings> {}
 * }
 * ```
 */
export interface Settings {}

declare module 'fastify' {
  interface FastifyInstance {
    /** The settings of the app, frozen. Added by `fastify-apikit/settings`. */
    readonly settings: Readonly<Settings>
  }
}

const plugin: FastifyPluginAsync<SettingsOptions> = async (app, options) => {
  app.decorate('settings', read(parseOptions(name, SettingsOptions, options, app), warning => { app.log.warn(warning) }) as Settings)
}

/** Where `readSettings` reads. */
export type ReadSettingsOptions = Omit<SettingsOptions, 'schema'>

/**
 * Reads settings outside of an app: in a module that needs them before there is one, and in scripts. What the plugin would log is a
 * warning of the process.
 *
 * @param schema their TypeBox schema
 * @param options `envFile` defaults to `.env`, `env` to `process.env`
 * @returns the settings, deeply frozen
 * @throws APIKIT_ERR_SETTINGS when settings are missing, invalid or unknown. The message lists all of them.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid.
 * @see https://fastapi.tiangolo.com/advanced/settings/
 * @example
 * ```ts
 * export const settings = readSettings(Type.Object({ apiPrefix: Type.String({ default: '/api/v1' }) }))
 * ```
 */
export function readSettings<T extends SettingsSchema> (schema: T, options: ReadSettingsOptions = {}): Readonly<Static<T>> {
  return read(parseOptions(`${name}: readSettings`, SettingsOptions, { ...options, schema }), warning => { process.emitWarning(warning) }) as Static<T>
}

/**
 * Adds `app.settings`: the settings from `.env` and the environment, validated by a schema and frozen.
 *
 * @param options `schema` is required. `envFile` defaults to `.env`, `env` to `process.env`.
 * @throws APIKIT_ERR_SETTINGS when settings are missing, invalid or unknown. The message lists all of them.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid.
 * @see https://fastapi.tiangolo.com/advanced/settings/
 * @example
 * ```ts
 * await app.register(settings, { schema: Type.Object({ port: Type.Integer({ default: 3000 }) }) })
 * await app.listen({ port: app.settings.port })
 * ```
 */
export const settings = fp(plugin, { name, fastify: '5.x || 6.x' })
export default settings
