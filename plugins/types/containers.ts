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
  /** If true, errors are those of FastAPI's `frozenset`: `frozen_set_type`. Default: false. */
  frozen?: boolean
}

/**
 * Declares a set: a `Set` in the handler, an array on the wire. FastAPI's `set[T]`. Duplicates count once, also for `minItems` and
 * `maxItems`. Error: `set_type`.
 *
 * @param items Schema of the members.
 * @param options `frozen`, `minItems`, `maxItems`, and the options of all schemas.
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
 * Declares a dictionary with typed keys: a `Map` in the handler, an object on the wire. FastAPI's `dict[K, V]`. For string keys use
 * `Type.Record(Type.String(), …)`, which is a plain object.
 *
 * Error: `dict_type`. The `loc` of an invalid key ends with `[key, "[key]"]`.
 *
 * @param key Schema of the keys, which are read from text: `'1'` is the integer 1.
 * @param value Schema of the values.
 * @param options `minProperties`, `maxProperties`, and the options of all schemas.
 * @example
 * ```ts
 * const Weights = DictOf(Type.Integer(), Type.Number())
 * ```
 */
export function DictOf<K extends TSchema, V extends TSchema> (key: K, value: V, options?: DictOptions): TUnsafe<Map<Static<K>, Static<V>>> {
  return domain({ type: 'object', additionalProperties: value }, options, { [kContainer]: 'map', [kKey]: key })
}
