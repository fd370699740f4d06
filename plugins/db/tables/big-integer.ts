/**
 * Integers of 64 bits.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import { type Codec, kCodec, Refusal } from '../../types/codec.ts'
import { integerCodec } from '../../types/big-integer.ts'
import { domain } from '../../types/domain.ts'
import { INT_SIZE } from '../../types/integer-text.ts'

const [LEAST, MOST] = [-(2n ** 63n), 2n ** 63n - 1n]

const integers = integerCodec({})

/** Refuses what the databases cannot hold. */
const codec: Codec<bigint> = {
  ...integers,
  parse (input) {
    const value = integers.parse(input)
    return value instanceof Refusal || (value >= LEAST && value <= MOST) ? value : INT_SIZE
  }
}

/**
 * An integer of 64 bits: `bigint` in the handler, an integer on the wire, read as by `BigInteger()` of `fastify-apikit/types`.
 *
 * @param options of the schema
 */
export function BigInteger (options?: SchemaOptions): TUnsafe<bigint> {
  return domain({ type: 'integer', format: 'int64' }, options, { [kCodec]: codec })
}
