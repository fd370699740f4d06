/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { SettingsSchema } from './schema.ts'

export const SettingsOptions = Type.Object({
  schema: Type.Unsafe<SettingsSchema>(Type.Object({ properties: Type.Object({}) }, {
    description: 'TypeBox schema of the settings. Mark secrets with `{ secret: true }`.'
  })),
  data: Type.Unsafe<object>(Type.Object({}, { default: {}, description: 'Settings that override the environment and the file, for tests.' })),
  env: Type.Optional(Type.Unsafe<Readonly<Record<string, string | undefined>>>(Type.Object({}, {
    description: 'The environment. Default: `process.env`.'
  }))),
  envFile: Type.Union([Type.String({ minLength: 1 }), Type.Null()], {
    default: '.env',
    description: 'Path of a file of variables, which the environment overrides. It may be missing. `null` reads none.'
  }),
  envPrefix: Type.String({ default: '', description: 'Prefix of all variable names: `SHOP_`.' })
}, { additionalProperties: false })

/** Options of the plugin. Only `schema` is required. */
export type SettingsOptions = Pick<Static<typeof SettingsOptions>, 'schema'> & Partial<Static<typeof SettingsOptions>>

export type ParsedOptions = Static<typeof SettingsOptions>
