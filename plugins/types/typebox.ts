/**
 * The marks of TypeBox that JSON Schema has no word for, as both libraries keep them: `@sinclair/typebox` 0.34 under
 * registered symbols, `typebox` 1.x in properties that are not enumerable, so that `{ ...schema }` loses them.
 *
 * @module
 */

import type { TObject, TOptional, TProperties, TSchema } from '@fastify/type-provider-typebox'
import type { ObjectOptions } from '@sinclair/typebox'

const kKind = Symbol.for('TypeBox.Kind')
const kOptional = Symbol.for('TypeBox.Optional')
const kTransform = Symbol.for('TypeBox.Transform')

/** Names of the marks of 1.x begin so. */
const HIDDEN = '~'

/** The key of `Type.Record(Type.String(), …)`, as 0.34 and 1.x write it: every key matches. */
export const ANY_KEY: ReadonlySet<string> = new Set(['^(.*)$', '^.*$'])

/** Whether a key is no keyword but a mark of 1.x, which are enumerable under its setting `enumerableKind`. */
export function isMark (key: string): boolean {
  return key.startsWith(HIDDEN)
}

/** Whether something was made by one of the two libraries. */
export function isTypeBox (value: object): boolean {
  return [kKind, '~kind', '~unsafe'].some(mark => mark in value)
}

/** Whether a schema is known to be as it was made: `{ ...schema }` of one of 1.x has lost its marks. */
export function isOriginal (schema: object): boolean {
  return '~kind' in schema
}

/** Whether a schema was made by `Type.Optional`. */
export function isOptionalType (schema: object): boolean {
  return kOptional in schema || '~optional' in schema
}

/** How a value of the wire becomes another in the handler, and back: `Type.Transform` of 0.34, `Type.Codec` of 1.x. */
export interface Transform {
  readonly decode: (value: unknown) => unknown
  readonly encode: (value: unknown) => unknown
}

export function transformOf (schema: object): Transform | undefined {
  const old = Reflect.get(schema, kTransform) as { readonly Decode: Transform['decode'], readonly Encode: Transform['encode'] } | undefined
  return old === undefined ? Reflect.get(schema, '~codec') : { decode: old.Decode, encode: old.Encode }
}

interface Refinement {
  readonly check: (value: unknown) => boolean
  readonly error: (value: unknown) => unknown
}

function declaredRefinements (schema: object): readonly Refinement[] {
  return Reflect.get(schema, '~refine') ?? []
}

/** The functions that `Type.Refine` of 1.x was given. */
export function checksOf (schema: object): Array<Refinement['check']> {
  return declaredRefinements(schema).map(({ check }) => check)
}

/** The checks of `Type.Refine` of 1.x, as functions that throw what is wrong. */
export function refinementsOf (schema: object): Array<(value: unknown) => void> {
  return declaredRefinements(schema).map(({ check, error }) => value => {
    if (!check(value)) throw new Error(String(error(value)))
  })
}

/** A copy with all marks, and with those that are added. */
export function copyOf<S extends object> (schema: S, marks: object = {}): S {
  const copy = { ...schema }
  for (const key of Object.getOwnPropertyNames(schema)) if (!Object.hasOwn(copy, key)) hide(copy, key, Reflect.get(schema, key))
  return Object.assign(copy, marks)
}

function hide (schema: object, key: string, value: unknown): void {
  Object.defineProperty(schema, key, { value, enumerable: false, configurable: true, writable: true })
}

/** A schema that may be left out, for both libraries. */
export function optional<S extends TSchema> (schema: S): TOptional<S> {
  const copy = copyOf(schema, { [kOptional]: 'Optional' })
  hide(copy, '~optional', true)
  return copy as TOptional<S>
}

/** `Type.Object` of properties of either library, for both: each asks for its own marks only. */
export function objectOf<T extends TProperties> (properties: T, options?: ObjectOptions): TObject<T> {
  const required = Object.keys(properties).filter(name => !isOptionalType(properties[name] as object))
  const object = { ...options, type: 'object', ...required.length > 0 && { required }, properties, [kKind]: 'Object' }
  hide(object, '~kind', 'Object')
  return object as unknown as TObject<T>
}
