/**
 * Deep equality of JSON that says where it ends.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util'

export interface Difference {
  /** `status`, `header allow`, `body`, or a JSON pointer into the body. */
  readonly at: string
  readonly expected: unknown
  readonly got: unknown
}

export interface DiffOptions {
  /** Pointers that are left out on both sides. */
  readonly ignore?: readonly string[]
  /** Pointers to arrays whose order says nothing. */
  readonly unordered?: readonly string[]
  /** Names of properties whose arrays are sets, wherever they stand. */
  readonly sets?: ReadonlySet<string>
}

function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function child (at: string, key: string | number): string {
  return `${at}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** Sorts what a set was written as; equal values end up side by side, whatever they are. */
function sorted (values: readonly unknown[]): unknown[] {
  return values.map(value => [canonical(value), value] as const).sort(([a], [b]) => a < b ? -1 : Number(a > b)).map(([, value]) => value)
}

function canonical (value: unknown): string {
  return JSON.stringify(value, (_key, part) => isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1)) : part)
}

/** All places where two JSON values differ. Objects have no order, 1 is 1.0. */
export function diffJson (expected: unknown, got: unknown, options: DiffOptions = {}, at = ''): Difference[] {
  if (options.ignore?.includes(at)) return []
  if (Array.isArray(expected) && Array.isArray(got) && expected.length === got.length) {
    const isSet = options.unordered?.includes(at) === true || options.sets?.has(at.slice(at.lastIndexOf('/') + 1)) === true
    const [left, right] = isSet ? [sorted(expected), sorted(got)] : [expected, got]
    return left.flatMap((value, index) => diffJson(value, right[index], options, child(at, index)))
  }
  if (isObject(expected) && isObject(got)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(got)])
    return [...keys].flatMap(key => diffJson(own(expected, key), own(got, key), options, child(at, key)))
  }
  return isDeepStrictEqual(zero(expected), zero(got)) ? [] : [{ at, expected, got }]
}

function own (object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** JSON's -0 is 0. */
function zero (value: unknown): unknown {
  return value === 0 ? 0 : value
}
