/**
 * Conditions of generated code: JavaScript that is true of a value which a schema takes.
 *
 * @module
 */

import { isNative } from '../inherited.ts'
import type { Field, NumberShape, Sized, StringShape } from '../shape.ts'

/** JavaScript for a primitive value. */
export function constant (value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value)
}

/** Tests that a number, whatever its type, is within its bounds. */
export function boundTests ({ maximum, exclusiveMaximum, minimum, exclusiveMinimum }: NumberShape, input: string): string[] {
  const bounds = [['<=', maximum], ['<', exclusiveMaximum], ['>=', minimum], ['>', exclusiveMinimum]] as const
  return bounds.flatMap(([operator, bound]) => bound === undefined ? [] : [`${input} ${operator} ${constant(bound)}`])
}

/** Tests of a string. Its code points are counted where its length does not tell. */
export function stringTests ({ min, max }: StringShape, input: string, pattern: string | undefined): string[] {
  return [
    `typeof ${input} === 'string'`,
    min !== undefined && min > 0 ? `(${input}.length >= ${min * 2} || codePoints(${input}) >= ${min})` : '',
    max !== undefined ? `${input}.length <= ${max}` : '',
    pattern ?? ''
  ].filter(test => test !== '')
}

export function arrayTests ({ min, max }: Sized, input: string): string[] {
  return [
    `Array.isArray(${input})`,
    min !== undefined ? `${input}.length >= ${min}` : '',
    max !== undefined ? `${input}.length <= ${max}` : ''
  ].filter(test => test !== '')
}

/**
 * The `mismatch` of objects with these fields.
 *
 * @param exact the same for whatever fields: a Map, a Date and the like pass for objects that need no field which those lack
 */
export function mismatchOf (fields: readonly Field[], exact: string): string {
  const isNeeded = fields.some(({ name, alias, required }) => required && !isNative(name) && !isNative(alias))
  return isNeeded ? "typeof object !== 'object' || object === null || Array.isArray(object)" : exact
}
