/**
 * How much of a form is read.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'

const KIB = 1024
const MIB = 1024 * KIB

export const FormLimits = Type.Object({
  fields: Type.Integer({ default: 1000, minimum: 0, description: 'Fields in one form that are not files.' }),
  files: Type.Integer({ default: 1000, minimum: 0, description: 'Files in one form.' }),
  parts: Type.Integer({ default: 2000, minimum: 0, description: 'Parts of a multipart form, files and others.' }),
  fieldSize: Type.Integer({ default: MIB, minimum: 0, description: 'Bytes of one field; urlencoded with its name, as they are sent.' }),
  fileSize: Type.Integer({ default: 50 * MIB, minimum: 0, description: 'Bytes of one file.' }),
  total: Type.Integer({ default: 100 * MIB, minimum: 0, description: 'Bytes of a whole multipart form; a `bodyLimit` of the route counts as well. Urlencoded forms have `bodyLimit`.' })
})

export type FormLimits = Static<typeof FormLimits>

/** A number of bytes in FastAPI's words. */
export function kilobytes (bytes: number): string {
  return `${Math.floor(bytes / KIB)}KB`
}
