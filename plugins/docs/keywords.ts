/**
 * Keywords of a schema in the document: those that describe one use of it, those that name it, and those that pydantic writes in
 * another way than TypeBox.
 *
 * @module
 */

import { kEmbed, kLiteral } from '../types/codec.ts'
import { ANY_KEY, copyOf, isOriginal } from '../types/typebox.ts'
import type { Schema } from '../core/plan/route-plan.ts'
import { isSchema } from '../core/schema/references.ts'
import type { WrittenSchema } from './components.ts'

const ANNOTATIONS = ['title', 'description', 'default', 'deprecated', 'example', 'examples', 'readOnly', 'writeOnly'] as const

/** Keywords that describe one use of an enum. */
const OF_THE_USE = new Set<string>(['deprecated', 'example', 'examples', 'readOnly', 'writeOnly'])

const STRUCTURE = new Set(['type', 'properties', 'required', 'allOf'])

function isAnnotation (key: string): boolean {
  return (ANNOTATIONS as readonly string[]).includes(key)
}

/** Returns the annotations of a schema. */
export function annotationsOf (schema: Schema): WrittenSchema {
  return Object.fromEntries(ANNOTATIONS.filter(key => key in schema).map(key => [key, schema[key]]))
}

/** Returns a schema without these keywords. Symbols are kept. */
export function without (schema: Schema, ...keywords: readonly string[]): WrittenSchema {
  const rest = copyOf(schema)
  for (const keyword of keywords) Reflect.deleteProperty(rest, keyword)
  return rest
}

/**
 * A component without what describes one use of it. That of an object was added to a model which was there already,
 * `{ ...Item, description: 'The new item' }`: TypeBox 0.34 writes what describes the model itself first.
 */
export function modelOf (schema: Schema): WrittenSchema {
  const keys = Object.keys(schema)
  const end = keys.findLastIndex(key => STRUCTURE.has(key))
  const isBehind = (key: string, index: number): boolean => isAnnotation(key) && index > end && !isOriginal(schema)
  const added = keys.filter((key, index) => Array.isArray(schema.enum) ? OF_THE_USE.has(key) : isBehind(key, index))
  return without(schema, 'default', ...added)
}

/** Tells whether two schemas are two uses of one model: `{ ...Item, description: 'The new item' }` and `Item`. */
export function isSameModel (a: Schema, b: Schema): boolean {
  const structure = Object.keys(a).filter(key => !isAnnotation(key))
  return a.title === b.title && structure.every(key => a[key] === b[key]) && Object.keys(b).filter(key => !isAnnotation(key)).length === structure.length
}

/** Keywords beside the reference to a model. */
export function besides (schema: Schema, model: Schema): WrittenSchema {
  const annotations = ANNOTATIONS.filter(key => key !== 'title' && key in schema && schema[key] !== model[key])
  return Object.fromEntries(annotations.map(key => [key, schema[key]]))
}

/** Returns the name of a component: the `title` of a model or enum, or the `$id`. `undefined` for other schemas. */
export function componentName ({ $id, title, properties, allOf, enum: members, ...marks }: Schema): string | undefined {
  const name = typeof title === 'string' ? title : undefined
  if (typeof $id === 'string') return name ?? $id
  const isModel = (isSchema(properties) && marks[kEmbed] !== true) || Array.isArray(allOf)
  const isEnum = Array.isArray(members) && marks[kLiteral] !== true
  return isModel || isEnum ? name : undefined
}

/** Returns the name of a referenced schema. */
export function referredName (schema: Schema, ref: string): string {
  return componentName(schema) ?? ref.split(/[/#]/).findLast(token => token !== '') ?? 'Schema'
}

/** Tells whether a property is a component or `null`. The component then has the title. */
export function isOptionalReference ({ anyOf }: WrittenSchema): boolean {
  return Array.isArray(anyOf) && anyOf.length === 2 && '$ref' in anyOf[0] && anyOf[1].type === 'null'
}

/** Writes a union as pydantic does: flattened, without duplicates, constants as one `enum`. */
export function writeUnion (members: readonly WrittenSchema[]): WrittenSchema {
  const flat = members.flatMap(member => Array.isArray(member.anyOf) && Object.keys(member).length === 1 ? member.anyOf as WrittenSchema[] : [member])
  const constants = flat.filter(isConstant)
  const enumeration = constants.length > 1 ? [writeConstants(constants)] : constants
  const others = flat.filter(member => !isConstant(member))
  const simple = new Map([...enumeration, ...others].map(member => [isSimple(member) ? JSON.stringify(member) : member, member]))
  const [first, ...more] = simple.values()
  return first !== undefined && more.length === 0 ? first : { anyOf: [...simple.values()] }
}

function isConstant (member: WrittenSchema): boolean {
  return member.const !== undefined && member.const !== null && Object.keys(member).every(key => key === 'const' || key === 'type')
}

function isSimple (member: WrittenSchema): boolean {
  return Object.values(member).every(value => typeof value !== 'object')
}

function writeConstants (constants: readonly WrittenSchema[]): WrittenSchema {
  const types = new Set(constants.map(({ type }) => type))
  return { ...types.size === 1 && { type: constants[0]?.type }, enum: constants.map(({ const: value }) => value) }
}

/**
 * Writes a dictionary as pydantic does.
 *
 * @param key Schema of the keys.
 */
export function writeDictionary (written: WrittenSchema, key: WrittenSchema | undefined): void {
  const { patternProperties, additionalProperties } = written
  const anyKey = Object.keys(Object(patternProperties)).find(pattern => ANY_KEY.has(pattern))
  if (anyKey !== undefined) {
    written.additionalProperties = Object(patternProperties)[anyKey]
    delete written.patternProperties
  } else if (key?.pattern !== undefined) {
    written.patternProperties = { [String(key.pattern)]: additionalProperties }
    delete written.additionalProperties
  }
  if (isSchema(written.additionalProperties) && Object.keys(written.additionalProperties).length === 0) written.additionalProperties = true
  if (key === undefined) return

  const names = without(key, 'type', 'pattern', 'title')
  if ('$ref' in key || (key.type === 'string' && Object.keys(names).length > 0)) written.propertyNames = names
}
