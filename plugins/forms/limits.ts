/**
 * Limits of forms.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'

const KIB = 1024
const MIB = 1024 * KIB

export const FormLimits = Type.Object({
  fields: Type.Integer({ default: 1000, minimum: 0, description: 'Maximum number of fields in a form, files not counted.' }),
  files: Type.Integer({ default: 1000, minimum: 0, description: 'Maximum number of files in a form.' }),
  parts: Type.Integer({ default: 2000, minimum: 0, description: 'Maximum number of parts in a multipart form, fields and files together.' }),
  fieldSize: Type.Integer({ default: MIB, minimum: 0, description: 'Maximum size of a field in bytes. In urlencoded forms its name and its encoding count as well.' }),
  fileSize: Type.Integer({ default: 50 * MIB, minimum: 0, description: 'Maximum size of a file in bytes.' }),
  total: Type.Integer({ default: 100 * MIB, minimum: 0, description: 'Maximum size of a multipart form in bytes. A lower `bodyLimit` of the route replaces it. Urlencoded forms are limited by `bodyLimit`.' })
})

export type FormLimits = Static<typeof FormLimits>

/** Formats a number of bytes for messages that FastAPI does not have. */
export function sizeOf (bytes: number): string {
  return bytes < KIB ? `${bytes} bytes` : kilobytes(bytes)
}

/** Formats a number of bytes as FastAPI does. */
export function kilobytes (bytes: number): string {
  return `${Math.floor(bytes / KIB)}KB`
}
