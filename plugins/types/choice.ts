/**
 * One of several values.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import { Type } from '@sinclair/typebox'
import { kLiteral } from './codec.ts'

/** A literal value. */
export type Choice = string | number | boolean | null

/** So that callers need not write `as const`. */
type Members = readonly [Choice, ...Choice[]]

function typeOf (value: Choice): string {
  if (value === null) return 'null'
  return typeof value === 'number' ? Number.isInteger(value) ? 'integer' : 'number' : typeof value
}

/** The type of all members, if it is the same. */
function commonType (values: Members): { type?: string } {
  const types = [...new Set(values.map(typeOf))]
  return types.length === 1 ? { type: String(types[0]) } : {}
}

/**
 * Declares one of several values. Its type is the union of the values, without `as const`. FastAPI's `Enum`. With integers its
 * `IntEnum`, which reads `'1'` as 1.
 *
 * Strings are case-sensitive. Error: `enum`.
 *
 * @param values At least one value.
 * @param options A `title` makes it a named component of the OpenAPI document.
 * @example
 * ```ts
 * const ModelName = Enum(['alexnet', 'resnet', 'lenet'], { title: 'ModelName' })
 * ```
 */
export function Enum<const T extends Members> (values: T, options?: SchemaOptions): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ ...commonType(values), enum: [...values], ...options })
}

/**
 * Declares one of several literal values without coercion. A number cannot match in a query string, where `1` is `'1'`. FastAPI's `Literal`.
 *
 * Error: `literal_error`.
 *
 * @param values At least one. A single one is a `const` in the document.
 * @param options Options of the schema: `title`, `description`, `default`, `alias` …
 * @example
 * ```ts
 * const OrderBy = Literal(['created_at', 'updated_at'], { default: 'created_at' })
 * ```
 */
export function Literal<const T extends Members> (values: T, options?: SchemaOptions): TUnsafe<T[number]> {
  const choice = values.length === 1 ? { const: values[0] } : { enum: [...values] }
  return Type.Unsafe<T[number]>({ ...commonType(values), ...choice, ...options, [kLiteral]: true })
}
