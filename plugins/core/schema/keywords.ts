/**
 * Lists the keywords of schemas: those the parser implements for each type, those that only
 * describe, and the rest, which go to Ajv.
 *
 * @module
 */

import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { isMark } from '../../types/typebox.ts'
import type { Schema } from '../plan/route-plan.ts'
import { type Identities, identityOf } from './identity.ts'
import { ajvPatterns, TooLong } from './pattern.ts'
import type { CheckedShape } from './shape.ts'
import { isUrl } from './url-format.ts'

/** Keywords that describe a value and never reject one. */
const ANNOTATIONS = new Set([
  'title', 'description', 'default', 'example', 'examples', 'deprecated', 'readOnly', 'writeOnly', 'redact',
  '$id', '$schema', '$comment', '$defs', 'definitions', 'discriminator', 'xml', 'externalDocs', 'nullable',
  'contentMediaType', 'contentEncoding', 'contentSchema', 'alias', 'convertUnderscores', 'openapiExamples', 'hide', 'validateDefault'
])

const NUMBER = ['type', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'allowInfNan']

/** Keywords that the parser implements, by kind of schema. */
const KNOWN = {
  any: [],
  null: ['type'],
  boolean: ['type'],
  integer: NUMBER,
  number: NUMBER,
  string: ['type', 'minLength', 'maxLength', 'pattern'],
  enum: ['type', 'enum', 'const'],
  array: ['type', 'items', 'minItems', 'maxItems', 'failFast'],
  set: ['type', 'items', 'minItems', 'maxItems', 'uniqueItems', 'failFast'],
  tuple: ['type', 'items', 'prefixItems', 'additionalItems', 'minItems', 'maxItems', 'failFast'],
  object: ['type', 'properties', 'required', 'additionalProperties'],
  dict: ['type', 'properties', 'additionalProperties', 'patternProperties', 'minProperties', 'maxProperties', 'failFast'],
  union: ['type', 'anyOf', 'oneOf', 'unionMode'],
  codec: ['type', 'format', 'anyOf'],
  ref: ['$ref'],
  intersection: ['type', 'allOf', 'unevaluatedProperties']
} satisfies Record<string, readonly string[]>

export type Known = keyof typeof KNOWN

/** Returns the keywords of `schema` that the parser does not implement, or `undefined`. */
export function foreignKeywords (schema: Schema, known: Known): Record<string, unknown> | undefined {
  const own: readonly string[] = KNOWN[known]
  const rest = Object.entries(schema).filter(([key]) =>
    !ANNOTATIONS.has(key) && !key.startsWith('x-') && !isMark(key) && !own.includes(key))
  return rest.length > 0 ? Object.fromEntries(rest) : undefined
}

/** Returns whether an object is not a schema, but a map of schemas by name. */
export function areProperties (schema: Schema): boolean {
  return Object.values(schema).every(value => typeof value === 'object' && value !== null && !Array.isArray(value))
}

let shared: Ajv | undefined

function defaultAjv (): Ajv {
  // Strict: an unknown keyword or format is an error at startup, not a check left out.
  shared ??= formats.default(new Ajv({ strict: true, strictTypes: false, strictRequired: false, code: { regExp: ajvPatterns } })).addFormat('url', isUrl)
  return shared
}

/** In linear time; Ajv compares every item with every other. */
function hasUniqueItems (list: unknown): boolean {
  if (!Array.isArray(list)) return true
  const known: Identities = new WeakMap()
  const seen = new Set()
  return list.every(item => {
    const identity = identityOf(item, known)
    return !seen.has(identity) && seen.add(identity)
  })
}

/**
 * Compiles keywords by Ajv.
 *
 * @throws when Ajv does not know them either
 */
export function foreignCheck ({ uniqueItems, ...keywords }: Record<string, unknown>, ajv: Ajv = defaultAjv()): CheckedShape['check'] {
  const isUnique = uniqueItems === true ? hasUniqueItems : () => true
  const validate = ajv.compile(keywords)
  return value => {
    if (!isUnique(value)) return { keyword: 'uniqueItems', message: 'must NOT have duplicate items' }
    try {
      if (validate(value)) return undefined
    } catch (error) {
      if (error instanceof TooLong) return { keyword: 'pattern', message: error.message }
      throw error
    }
    const { keyword = 'schema', message = 'is not valid' } = validate.errors?.[0] ?? {}
    return { keyword, message }
  }
}
