/**
 * Where a page ended, as a text that says nothing to a client: the values of the last row that it is sorted by, as the database
 * writes them.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import { type Codec, kCodec, Refusal } from '../../types/codec.ts'
import { domain } from '../../types/domain.ts'

/** The order it is of, and the values of its columns. */
export class Position {
  readonly order: string
  readonly values: ReadonlyArray<string | number>

  constructor (order: string, values: ReadonlyArray<string | number>) {
    this.order = order
    this.values = values
  }

  toString (): string {
    return Buffer.from(JSON.stringify([this.order, ...this.values])).toString('base64url')
  }
}

const INVALID = new Refusal('value_error', 'Value error, not a cursor of this list', { error: {} })
/** Of a long key. */
const LONGEST = 4096

function parse (input: unknown): Position | Refusal {
  if (typeof input !== 'string' || input.length > LONGEST || !/^[\w-]+$/.test(input)) return INVALID
  let found: unknown
  try {
    found = JSON.parse(Buffer.from(input, 'base64url').toString())
  } catch {
    return INVALID
  }
  if (!Array.isArray(found)) return INVALID
  const [order, ...values] = found as unknown[]
  if (typeof order !== 'string' || !values.every(value => typeof value === 'string' || typeof value === 'number')) return INVALID
  return new Position(order, values as Array<string | number>)
}

const codec: Codec<Position> = { label: 'cursor', parse, is: value => value instanceof Position }

export function Cursor (options?: SchemaOptions): TUnsafe<Position> {
  return domain<Position>({ type: 'string' }, options, { [kCodec]: codec })
}
