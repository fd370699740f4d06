/**
 * Sets and maps.
 *
 * @module
 */

import type { Static, TSchema, TUnsafe } from '@fastify/type-provider-typebox'
import type { ArrayOptions, ObjectOptions } from '@sinclair/typebox'
import { kContainer, kFrozen, kKey } from './codec.ts'
import { domain } from './domain.ts'

export interface SetOptions extends Omit<ArrayOptions, 'uniqueItems'> {
  /** FastAPI's `frozenset` in place of its `set`: what is no list is a `frozen_set_type`. */
  frozen?: boolean
}

/**
 * A set: `Set` in the handler, an array on the wire. FastAPI's `set[T]`. What comes twice counts once; `minItems`
 * and `maxItems` count what is left. What is no list is a `set_type`.
 *
 * @param items schema of the members
 * @param options `frozen`, `minItems`, `maxItems`, and those of every schema
 * @example
 * ```ts
 * const Item = Type.Object({ tags: SetOf(Type.String(), { default: [] }) })
 * ```
 */
export function SetOf<T extends TSchema> (items: T, { frozen = false, ...options }: SetOptions = {}): TUnsafe<Set<Static<T>>> {
  return domain({ type: 'array', uniqueItems: true, items }, options, { [kContainer]: 'set', ...frozen && { [kFrozen]: true } })
}

export interface DictOptions extends Omit<ObjectOptions, 'additionalProperties'> {
  minProperties?: number
  maxProperties?: number
}

/**
 * A dictionary whose keys are more than strings: `Map` in the handler, an object on the wire. FastAPI's `dict[K, V]`.
 * For keys that are strings `Type.Record(Type.String(), …)` gives a plain object.
 *
 * What is no object is a `dict_type`; what is wrong with a key stands under `[key, "[key]"]`.
 *
 * @param key schema of the keys, which are read from text: `'1'` is the integer 1
 * @param value schema of the values
 * @param options `minProperties`, `maxProperties`, and those of every schema
 * @example
 * ```ts
 * const Weights = DictOf(Type.Integer(), Type.Number())
 * ```
 */
export function DictOf<K extends TSchema, V extends TSchema> (key: K, value: V, options?: DictOptions): TUnsafe<Map<Static<K>, Static<V>>> {
  return domain({ type: 'object', additionalProperties: value }, options, { [kContainer]: 'map', [kKey]: key })
}
