/**
 * Which fields of a form are files.
 *
 * @module
 */

import { type Codec, kCodec, kFile, kForm } from '../../types/codec.ts'
import { MULTIPART, URLENCODED } from '../http/media-type.ts'
import type { Schema } from '../plan/route-plan.ts'
import { isSchema } from './references.ts'

/** A file that is kept, one whose bytes are the value, one that is handed over while it comes. */
export type FileKind = 'file' | 'bytes' | 'stream'

/** Looks through `null`, lists and unions; `undefined` for what is no file. */
export function fileKindOf (schema: unknown): FileKind | undefined {
  if (!isSchema(schema)) return undefined
  const kind = schema[kFile] as FileKind | undefined
  if (kind !== undefined) return kind
  const codec = schema[kCodec] as Codec | undefined
  if (codec?.label === 'bytes' && schema.contentEncoding === undefined) return 'bytes'
  const parts = [schema.items, schema.anyOf].flat()
  for (const part of parts) {
    const inner = fileKindOf(part)
    if (inner !== undefined) return inner
  }
  return undefined
}

/** The fields of an object by the names they have on the wire. */
export function fieldsOf (schema: Schema): Map<string, Schema> {
  const fields = Object.entries<unknown>(Object(schema.properties)).filter((entry): entry is [string, Schema] => isSchema(entry[1]))
  return new Map(fields.map(([name, field]) => [typeof field.alias === 'string' ? field.alias : name, field]))
}

/** Whether a body is a form in which files come. */
export function hasFiles (body: Schema): boolean {
  return [...fieldsOf(body).values()].some(field => fileKindOf(field) !== undefined)
}

/** The forms that a body may be: itself, or what stands in its `content`. */
export function formsOf (body: Schema | undefined): Schema[] {
  if (body === undefined) return []
  if (body[kForm] === true) return [body]
  if (!isSchema(body.content) || body.type !== undefined) return []
  return [MULTIPART, URLENCODED].flatMap(type => {
    const media = Reflect.get(body.content as object, type)
    return isSchema(media) && isSchema(media.schema) ? [media.schema] : []
  })
}
