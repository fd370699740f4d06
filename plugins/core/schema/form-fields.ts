/**
 * Finds the files among the fields of a form.
 *
 * @module
 */

import { type Codec, kCodec, kFile, kForm, kFormField, kModels } from '../../types/codec.ts'
import { MULTIPART, URLENCODED } from '../http/media-type.ts'
import type { Schema } from '../plan/route-plan.ts'
import { aliasesOf } from './aliases.ts'
import { isSchema } from './references.ts'

/** A file that is kept, one whose bytes are the value, one that is handed over while it comes. */
export type FileKind = 'file' | 'bytes' | 'stream'

/** Returns the kind of a file field, looking through `null`, lists and unions. `undefined` for other fields. */
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

/** The fields of an object by the names they have on the wire; those of its models, where it has some. */
export function fieldsOf (schema: Schema): Map<string, Schema> {
  const fields = Object.entries<unknown>(Object(schema.properties)).filter((entry): entry is [string, Schema] => isSchema(entry[1]))
  return new Map(fields.flatMap(([name, field]) => {
    const models = schema[kModels] === true ? modelsOf(field) : []
    return models.length > 0 ? models.flatMap(model => [...fieldsOf(model)]) : aliasesOf(field, name).map(alias => [alias, field] as const)
  }))
}

/** Returns the objects that a schema may be, looking through `null` and unions. Empty if it may be something else. */
export function modelsOf (schema: Schema): Schema[] {
  if (isSchema(schema.properties)) return [schema]
  const members = membersOf(schema).map(modelsOf)
  return members.some(({ length }) => length === 0) ? [] : members.flat()
}

/** Returns the members of a union without `null`. */
function membersOf ({ anyOf, oneOf }: Schema): Schema[] {
  return [anyOf ?? oneOf ?? []].flat().filter(isSchema).filter(({ type }) => type !== 'null')
}

/** Returns whether a body is a form, a union of forms, or an optional form. */
export function isFormSchema (schema: unknown): boolean {
  if (!isSchema(schema)) return false
  if (schema[kForm] === true) return true
  const members = membersOf(schema)
  return members.length > 0 && members.every(isFormSchema)
}

/** Returns whether a body has fields of forms, and is not a form itself. */
export function isLostForm (schema: Schema): boolean {
  return schema[kForm] !== true && schema[kModels] !== true && Object.values<unknown>(Object(schema.properties)).some(field => isSchema(field) && field[kFormField] === true)
}

/** Returns whether a body is a form with files. */
export function hasFiles (body: Schema): boolean {
  return [...fieldsOf(body).values()].some(field => fileKindOf(field) !== undefined)
}

/** Returns the forms that a body may be: itself, or those in its `content`. */
export function formsOf (body: Schema | undefined): Schema[] {
  if (body === undefined) return []
  if (body[kForm] === true) return [body]
  if (isFormSchema(body)) return membersOf(body).flatMap(formsOf)
  if (!isSchema(body.content) || body.type !== undefined) return []
  return [MULTIPART, URLENCODED].flatMap(type => {
    const media = Reflect.get(body.content as object, type)
    return isSchema(media) && isSchema(media.schema) ? [media.schema] : []
  })
}
