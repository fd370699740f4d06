/**
 * Keywords that bound a value of one type, in two schemas.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util'
import type { Schema } from '../../core/plan/route-plan.ts'

const NUMBERS = ['number', 'integer']

type Holds = (narrow: Schema, wide: Schema, keyword: string) => boolean

const atLeast: Holds = (narrow, wide, keyword) => number(narrow, keyword, 0) >= number(wide, keyword, 0)
const atMost: Holds = (narrow, wide, keyword) => number(narrow, keyword, Infinity) <= number(wide, keyword, Infinity)
/** It cannot be told which of the two is wider. */
const same: Holds = (narrow, wide, keyword) => isDeepStrictEqual(narrow[keyword], wide[keyword])

/** For each keyword: the types it restricts, and whether values of the one schema are accepted by the other. */
const BOUNDS: Readonly<Record<string, readonly [types: readonly string[], holds: Holds]>> = {
  minimum: [NUMBERS, (narrow, wide) => Math.max(number(narrow, 'minimum', -Infinity), number(narrow, 'exclusiveMinimum', -Infinity)) >= Number(wide.minimum)],
  maximum: [NUMBERS, (narrow, wide) => Math.min(number(narrow, 'maximum', Infinity), number(narrow, 'exclusiveMaximum', Infinity)) <= Number(wide.maximum)],
  exclusiveMinimum: [NUMBERS, (narrow, wide) => number(narrow, 'exclusiveMinimum', -Infinity) >= Number(wide.exclusiveMinimum) || number(narrow, 'minimum', -Infinity) > Number(wide.exclusiveMinimum)],
  exclusiveMaximum: [NUMBERS, (narrow, wide) => number(narrow, 'exclusiveMaximum', Infinity) <= Number(wide.exclusiveMaximum) || number(narrow, 'maximum', Infinity) < Number(wide.exclusiveMaximum)],
  multipleOf: [NUMBERS, (narrow, wide) => number(narrow, 'multipleOf', narrow.type === 'integer' ? 1 : NaN) % Number(wide.multipleOf) === 0],
  minLength: [['string'], atLeast],
  maxLength: [['string'], atMost],
  pattern: [['string'], same],
  format: [['string', ...NUMBERS], same],
  contentEncoding: [['string'], same],
  contentMediaType: [['string'], same],
  minItems: [['array'], atLeast],
  maxItems: [['array'], atMost],
  uniqueItems: [['array'], (narrow, wide) => wide.uniqueItems !== true || narrow.uniqueItems === true],
  contains: [['array'], same],
  minProperties: [['object'], atLeast],
  maxProperties: [['object'], atMost],
  propertyNames: [['object'], same],
  patternProperties: [['object'], same]
}

function number (schema: Schema, keyword: string, otherwise: number): number {
  return typeof schema[keyword] === 'number' ? schema[keyword] : otherwise
}

/** Returns the keywords of `wide` that a value which matches `narrow` may violate. */
export function brokenBounds (narrow: Schema, wide: Schema, types: readonly string[]): string[] {
  return Object.entries(BOUNDS)
    .filter(([keyword, [of, holds]]) => wide[keyword] !== undefined && of.some(type => types.includes(type)) && !holds(narrow, wide, keyword))
    .map(([keyword]) => keyword)
}

/** Tells whether an enum value of the right type is within the bounds of a schema. */
export function keepsTo (value: unknown, schema: Schema): boolean {
  if (typeof value === 'number') {
    const { multipleOf } = schema
    const isMultiple = typeof multipleOf !== 'number' || value % multipleOf === 0
    return brokenBounds({ type: 'number', minimum: value, maximum: value, ...isMultiple && { multipleOf } }, schema, ['number']).length === 0
  }
  if (typeof value !== 'string') return true
  const { pattern, format, contentEncoding, contentMediaType } = schema
  const matches = typeof pattern !== 'string' || new RegExp(pattern, 'u').test(value)
  const length = [...value].length
  return brokenBounds({ type: 'string', minLength: length, maxLength: length, format, contentEncoding, contentMediaType, ...matches && { pattern } }, schema, ['string']).length === 0
}
