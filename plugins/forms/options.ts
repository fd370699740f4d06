/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import { FormLimits } from './limits.ts'

export const FormsOptions = Type.Object({
  ...FormLimits.properties,
  memory: Type.Integer({ default: 1024 * 1024, minimum: 0, description: 'Bytes of all files of a request that are kept in memory. The rest is written to disk.' }),
  directory: Type.Optional(Type.String({ minLength: 1, description: 'Folder for files on disk, where they have no names. Default: the temporary folder of the system.' }))
}, { additionalProperties: false })

/** Options of the plugin. All of them have a default. */
export type FormsOptions = Partial<Static<typeof FormsOptions>>
