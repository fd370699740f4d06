/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'

/** A filter: the value before the bar, then the arguments. */
export type Filter = (value: never, ...args: never[]) => unknown

export const TemplatesOptions = Type.Object({
  root: Type.String({ minLength: 1, description: 'Folder of the templates; nothing outside it is read.' }),
  cache: Type.Optional(Type.Boolean({
    description: 'Keep compiled templates; else each change of a file shows at once. Unless given, what `NODE_ENV` says: kept in `production`.'
  })),
  rootPath: Type.String({
    default: '', pattern: '^(/.*[^/])?$', description: 'Path that a proxy takes off before the app sees it: it goes before the paths in links.'
  }),
  filters: Type.Record(Type.String(), Type.Unsafe<Filter>(Type.Unknown()), { default: {}, description: 'Filters of your own, by name: `{{ price | euro }}`.' }),
  globals: Type.Record(Type.String(), Type.Unknown(), { default: {}, description: 'Values that every template sees, by name.' })
}, { additionalProperties: false })

/** What a caller may write: only `root` has no default. */
export type TemplatesOptions = Pick<Static<typeof TemplatesOptions>, 'root'> & Partial<Static<typeof TemplatesOptions>>
