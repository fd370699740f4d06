/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { SettingsSchema } from './schema.ts'

export const SettingsOptions = Type.Object({
  schema: Type.Unsafe<SettingsSchema>(Type.Object({ properties: Type.Object({}) }, {
    description: 'TypeBox schema of the settings; mark what nobody may see with `{ secret: true }`.'
  })),
  data: Type.Unsafe<object>(Type.Object({}, { default: {}, description: 'Settings that beat the environment and the file: for tests.' })),
  env: Type.Optional(Type.Unsafe<Readonly<Record<string, string | undefined>>>(Type.Object({}, {
    description: 'The environment; `process.env` unless given.'
  }))),
  envFile: Type.Union([Type.String({ minLength: 1 }), Type.Null()], {
    default: '.env',
    description: 'A file of variables, which the environment beats; it need not exist. `null` reads none.'
  }),
  envPrefix: Type.String({ default: '', description: 'Begins the name of every variable: `SHOP_`.' })
}, { additionalProperties: false })

/** What a caller may write: only `schema` is needed. */
export type SettingsOptions = Pick<Static<typeof SettingsOptions>, 'schema'> & Partial<Static<typeof SettingsOptions>>
