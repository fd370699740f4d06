/**
 * Reads the settings of the app once, from `.env` and the environment, validates and freezes them.
 *
 * @module
 */

import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { parseOptions } from '../core/options.ts'
import { check, type Problem } from './check.ts'
import { APIKIT_ERR_SETTINGS } from './errors.ts'
import { SettingsOptions } from './options.ts'
import type { Path } from './schema.ts'
import { seal } from './seal.ts'
import { gather, merge, nameOf, readVariables, strangers, type Variables } from './variables.ts'

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
  const { schema, data, env = process.env, envFile, envPrefix } = parseOptions(name, SettingsOptions, options, app)

  const variables = readVariables(env, envFile)
  const value = merge(gather(schema, variables, envPrefix), data) as object
  const problems = [
    ...check(schema, value).map(problem => describe(problem, variables, data, envPrefix)),
    ...strangers(schema, variables, envPrefix).map(([{ name, source }, known]) =>
      `${name} (${source}) is not a setting. Settings: ${known.join(', ')}`)
  ]
  if (problems.length > 0) throw new APIKIT_ERR_SETTINGS(`invalid settings:\n- ${problems.join('\n- ')}`)

  for (const { name, source, text } of variables.values()) {
    const reference = source === envFile ? referenceIn(text) : undefined
    if (reference !== undefined) app.log.warn(`${name} (${source}): ${reference} is not expanded`)
  }
  app.decorate('settings', seal(schema, value) as Settings)
}

/** Syntax that python-dotenv and shells expand, and this plugin does not. */
function referenceIn (text: string): string | undefined {
  return /\$\{\w+\}/.exec(text)?.[0]
}

/** A hint why a value may differ from what was meant. */
function cause (text: string): string {
  if (text === '') return '. An empty value counts: remove the variable to use the default'
  const reference = referenceIn(text)
  return reference === undefined ? '' : `. ${reference} is not expanded`
}

function describe ({ path, value, message, description, secret }: Problem, variables: Variables, data: object, prefix: string): string {
  const hint = description === undefined ? '' : ` (${description})`
  const { variable, asked } = variableOf(path, variables, prefix)
  if (value === undefined) return `${asked} ${message}${hint}. Set it in the environment or in the env file`

  const given = path.reduce<unknown>((at, part) => Object(at)[part], data) !== undefined
  const source = given ? `data.${path.join('.')}` : variable === undefined ? asked : `${variable.name} (${variable.source})`
  // Secrets are not shown, even invalid ones.
  return `${source}${secret ? '' : `, which is ${JSON.stringify(value)},`} ${message}${hint}${given || variable === undefined ? '' : cause(variable.text)}`
}

/** Returns the variable that has a setting, or its group as JSON, and the one to set. */
function variableOf (path: Path, variables: Variables, prefix: string) {
  const names = path.map((_part, index) => nameOf(prefix, path.slice(0, path.length - index)))
  return { asked: names[0], variable: names.map(name => variables.get(name)).find(found => found !== undefined) }
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
