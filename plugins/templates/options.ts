/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import { rootPathOptions } from '../core/http/root-path.ts'

/** A filter: the value, then the arguments. */
export type Filter = (value: never, ...args: never[]) => unknown

export const TemplatesOptions = Type.Object({
  root: Type.String({ minLength: 1, description: 'Folder of the templates. Files outside are never read.' }),
  cache: Type.Optional(Type.Boolean({
    description: 'Keep compiled templates. If false, changes of files apply at once. Default: true if `NODE_ENV` is `production`.'
  })),
  ...rootPathOptions,
  filters: Type.Record(Type.String(), Type.Unsafe<Filter>(Type.Unknown()), { default: {}, description: 'Additional filters, by name: `{{ price | euro }}`.' }),
  globals: Type.Record(Type.String(), Type.Unknown(), { default: {}, description: 'Values that all templates see, by name.' })
}, { additionalProperties: false })

/** Options of the plugin. Only `root` is required. */
export type TemplatesOptions = Pick<Static<typeof TemplatesOptions>, 'root'> & Partial<Static<typeof TemplatesOptions>>
