/**
 * Integers of 64 bits.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import { type Codec, kCodec, Refusal } from '../../types/codec.ts'
import { domain } from '../../types/domain.ts'

const TYPE = new Refusal('int_type', 'Input should be a valid integer')
const PARSING = new Refusal('int_parsing', 'Input should be a valid integer, unable to parse string as an integer')
const SIZE = new Refusal('int_parsing_size', 'Unable to parse input string as an integer, exceeded maximum size')

const [LEAST, MOST] = [-(2n ** 63n), 2n ** 63n - 1n]

const codec: Codec<bigint> = {
  label: 'int',
  is: (value): value is bigint => typeof value === 'bigint',
  parse (input) {
    if (typeof input === 'number') {
      if (!Number.isInteger(input)) return TYPE
      // A number in JSON has lost its last digits out there.
      return Number.isSafeInteger(input) ? BigInt(input) : SIZE
    }
    if (typeof input === 'bigint') return within(input)
    if (typeof input !== 'string') return TYPE
    const text = input.trim()
    if (!/^[+-]?\d+$/.test(text)) return PARSING
    return text.length > 64 ? SIZE : within(BigInt(text.replace(/^\+/, '')))
  },
  encode: value => value
}

function within (value: bigint): bigint | Refusal {
  return value >= LEAST && value <= MOST ? value : SIZE
}

/**
 * An integer of 64 bits: `bigint` in the handler, an integer on the wire. As text it is read whole (`"9007199254740993"`);
 * as a JSON number it must be one that JavaScript can tell from its neighbours.
 *
 * @param options of the schema
 */
export function BigInteger (options?: SchemaOptions): TUnsafe<bigint> {
  return domain({ type: 'integer', format: 'int64' }, options, { [kCodec]: codec })
}
