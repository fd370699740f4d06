/**
 * One of several values.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import { Type } from '@sinclair/typebox'
import { kLiteral } from './codec.ts'

/** A value that stands for itself. */
export type Choice = string | number | boolean | null

/** Without it there would be no reason to write `as const`. */
type Members = readonly [Choice, ...Choice[]]

function typeOf (value: Choice): string {
  if (value === null) return 'null'
  return typeof value === 'number' ? Number.isInteger(value) ? 'integer' : 'number' : typeof value
}

/** The one type of all members, when they have one. */
function commonType (values: Members): { type?: string } {
  const types = [...new Set(values.map(typeOf))]
  return types.length === 1 ? { type: String(types[0]) } : {}
}

/**
 * A named set of values; its type is the union of its members, without `as const`. FastAPI's `Enum`; with integers
 * its `IntEnum`, which reads `'1'` as 1.
 *
 * Strings are taken as they are, in their own case. What is no member is an `enum`.
 *
 * @param values its members, one at least
 * @param options a `title` makes it a named component of the OpenAPI document
 * @example
 * ```ts
 * const ModelName = Enum(['alexnet', 'resnet', 'lenet'], { title: 'ModelName' })
 * ```
 */
export function Enum<const T extends Members> (values: T, options?: SchemaOptions): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ ...commonType(values), enum: [...values], ...options })
}

/**
 * One of some values, written as they are: `1` is no `'1'`, and so no query string can say it. FastAPI's `Literal`.
 *
 * What is none of them is a `literal_error`.
 *
 * @param values one at least; a single one is a `const` in the document
 * @param options of the schema: `title`, `description`, `default`, `alias` …
 * @example
 * ```ts
 * const OrderBy = Literal(['created_at', 'updated_at'], { default: 'created_at' })
 * ```
 */
export function Literal<const T extends Members> (values: T, options?: SchemaOptions): TUnsafe<T[number]> {
  const choice = values.length === 1 ? { const: values[0] } : { enum: [...values] }
  return Type.Unsafe<T[number]>({ ...commonType(values), ...choice, ...options, [kLiteral]: true })
}
