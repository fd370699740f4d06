/**
 * Copies of one value, made many times: a default must not be parsed, nor cloned at length, for every object that lacks it.
 *
 * @module
 */

import { filledOf, noteFilled } from './fields-set.ts'
import { define } from './parse-container.ts'

/** Makes a copy of a value; the value itself where nothing of it can be changed. */
export type Duplicate = () => unknown

/** Types whose values cannot be changed, by what `Object.prototype.toString` calls them. */
const IMMUTABLE = /^\[object (?:Temporal\..+|Decimal|TimeWithOffset)\]$/

/** `undefined` for a value of a class that is not known. */
export function duplicator (value: unknown): Duplicate | undefined {
  if (typeof value !== 'object' || value === null || IMMUTABLE.test(Object.prototype.toString.call(value))) return () => value
  if (Array.isArray(value)) return ofArray(value)
  switch (Object.getPrototypeOf(value)) {
    case Object.prototype: case null: return ofObject(value)
    case Date.prototype: return () => new Date((value as Date).getTime())
    case Buffer.prototype: return () => Buffer.from(value as Buffer)
    case Set.prototype: return ofCollection([...value as Set<unknown>], items => new Set(items))
    case Map.prototype: return ofCollection([...value as Map<unknown, unknown>], entries => new Map(entries as Array<[unknown, unknown]>))
    default: return undefined
  }
}

/** `undefined` when one of the values is of a class that is not known. */
function all (values: readonly unknown[]): Duplicate[] | undefined {
  const parts = values.map(duplicator)
  return parts.every(part => part !== undefined) ? parts : undefined
}

/** Whether the values are their own copies. */
function areShared (values: readonly unknown[], parts: readonly Duplicate[]): boolean {
  return parts.every((part, index) => part() === values[index])
}

function ofArray (items: readonly unknown[]): Duplicate | undefined {
  const parts = all(items)
  if (parts === undefined) return undefined
  return areShared(items, parts) ? () => items.slice() : () => parts.map(part => part())
}

function ofCollection (items: readonly unknown[], make: (items: unknown[]) => object): Duplicate | undefined {
  const copy = ofArray(items)
  return copy && (() => make(copy() as unknown[]))
}

/** With what is noted of the fields that were filled in. */
function ofObject (object: object): Duplicate | undefined {
  const names = Object.keys(object)
  const values: unknown[] = Object.values(object)
  const parts = all(values)
  if (parts === undefined) return undefined
  const filled = Object.keys(filledOf(object) ?? {})
  const copy = areShared(values, parts)
    ? () => ({ ...object })
    : () => {
        const made = {}
        parts.forEach((part, index) => { define(made, names[index] as string, part()) })
        return made
      }
  if (filled.length === 0) return copy
  return () => {
    const made = copy()
    noteFilled(made, Object.fromEntries(filled.map(name => [name, Reflect.get(made, name)])))
    return made
  }
}
