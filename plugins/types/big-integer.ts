/**
 * Integers of any size.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import { type Codec, kCodec, Refusal } from './codec.ts'
import { domain } from './domain.ts'
import { INT_FROM_FLOAT, INT_SIZE, INT_TYPE, integerDigits } from './integer-text.ts'

/** Bounds of an integer. A `bigint` where a number would be rounded. */
export interface IntegerBounds {
  minimum?: bigint | number
  maximum?: bigint | number
  exclusiveMinimum?: bigint | number
  exclusiveMaximum?: bigint | number
  multipleOf?: bigint | number
}

export interface BigIntegerOptions extends SchemaOptions, IntegerBounds {}

const NOT_FINITE = new Refusal('finite_number', 'Input should be a finite number')

type Check = (value: bigint) => Refusal | undefined

/** The checks of the bounds, in pydantic's order. */
function boundChecks ({ multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum }: IntegerBounds): Check[] {
  const checks: Check[] = []
  if (multipleOf !== undefined && !(multipleOf > 0)) throw new RangeError(`BigInteger(): multipleOf must be > 0, got ${multipleOf}`)
  const add = (given: bigint | number | undefined, type: string, words: string, key: string, holds: (value: bigint, bound: bigint) => boolean): void => {
    if (given === undefined) return
    const bound = BigInt(given)
    const shown = Number(bound)
    const refusal = new Refusal(type, `Input should be ${words} ${bound}`, { [key]: Number.isSafeInteger(shown) ? shown : bound })
    checks.push(value => holds(value, bound) ? undefined : refusal)
  }
  add(multipleOf, 'multiple_of', 'a multiple of', 'multiple_of', (value, of) => value % of === 0n)
  add(maximum, 'less_than_equal', 'less than or equal to', 'le', (value, bound) => value <= bound)
  add(exclusiveMaximum, 'less_than', 'less than', 'lt', (value, bound) => value < bound)
  add(minimum, 'greater_than_equal', 'greater than or equal to', 'ge', (value, bound) => value >= bound)
  add(exclusiveMinimum, 'greater_than', 'greater than', 'gt', (value, bound) => value > bound)
  return checks
}

function readNumber (value: number): bigint | Refusal {
  if (Number.isSafeInteger(value)) return BigInt(value)
  if (!Number.isFinite(value)) return NOT_FINITE
  // It has lost its last digits.
  return Number.isInteger(value) ? INT_SIZE : INT_FROM_FLOAT
}

function readInteger (input: unknown): bigint | Refusal {
  switch (typeof input) {
    case 'bigint': return input
    case 'number': return readNumber(input)
    case 'boolean': return input ? 1n : 0n
    case 'string': {
      const digits = integerDigits(input)
      return digits instanceof Refusal ? digits : BigInt(digits)
    }
    default: return INT_TYPE
  }
}

/** @throws RangeError when a bound is not an integer, or multipleOf is not above 0 */
export function integerCodec (bounds: IntegerBounds): Codec<bigint> {
  const checks = boundChecks(bounds)
  return {
    label: checks.length > 0 ? 'constrained-int' : 'int',
    takesBigInt: true,
    keywords: ['multipleOf', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum'],
    exact: input => typeof input === 'bigint' || (typeof input === 'number' && Number.isInteger(input)),
    is: (value): value is bigint => typeof value === 'bigint',
    parse (input) {
      const value = readInteger(input)
      if (value instanceof Refusal) return value
      for (const check of checks) {
        const refusal = check(value)
        if (refusal !== undefined) return refusal
      }
      return value
    },
    encode: value => value
  }
}

/**
 * Declares an integer of any size: a `bigint` in the handler, a JSON number on the wire. FastAPI's `int`.
 *
 * JSON numbers in bodies are read with all their digits. Text is read as by `Type.Integer()`, up to 4,300 digits, the limit of
 * Python. The OpenAPI document shows bounds beyond 2^53 rounded. `JSON.stringify` throws for a `bigint`, so responses need
 * `response-model`.
 *
 * Errors: `int_type`, `int_parsing`, `int_from_float`, `int_parsing_size`, and for bounds `multiple_of`, `less_than_equal`,
 * `less_than`, `greater_than_equal`, `greater_than`.
 *
 * @param options Bounds (`minimum`, `exclusiveMaximum` …), as `bigint` if a number would be rounded, and the options of all schemas.
 * @throws RangeError when a bound is not an integer, or `multipleOf` is not above 0.
 * @example
 * ```ts
 * const Params = Type.Object({ id: BigInteger({ minimum: 1, maximum: 2n ** 64n - 1n }) })
 * ```
 */
export function BigInteger (options: BigIntegerOptions = {}): TUnsafe<bigint> {
  const { multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum, ...rest } = options
  const bounds = { multipleOf, maximum, minimum, exclusiveMaximum, exclusiveMinimum }
  const shown = Object.entries(bounds).filter(([, bound]) => bound !== undefined).map(([key, bound]) => [key, Number(bound)])
  return domain({ type: 'integer', ...Object.fromEntries(shown) }, rest, { [kCodec]: integerCodec(options) })
}
