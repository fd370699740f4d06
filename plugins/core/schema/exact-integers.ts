/**
 * Integers beyond 2^53 in JSON, for the schemas that take a `bigint`. `JSON.parse` has rounded them: they are put into the
 * value from a second reading of the text.
 *
 * @module
 */

import { define } from './parse-container.ts'
import type { Place } from './place.ts'
import type { Shape } from './shape.ts'

/** The shapes of the same value behind wrappers, references and unions. */
function alternatives (shapes: Iterable<Shape>): Set<Shape> {
  const all = new Set<Shape>(shapes)
  // What is added is visited too.
  for (const shape of all) {
    switch (shape.kind) {
      case 'nullable': case 'refined': case 'checked': all.add(shape.inner); break
      case 'ref': all.add(shape.target()); break
      case 'union': shape.members.forEach(member => all.add(member)); break
      case 'tagged': shape.tags.forEach(member => all.add(member)); break
    }
  }
  return all
}

/** The shapes of what stands under a key, or at an index. */
function below (shape: Shape, key: string | number): readonly Shape[] {
  switch (shape.kind) {
    case 'array': case 'set': return [shape.items]
    case 'tuple': return shape.items.slice(Number(key), Number(key) + 1)
    case 'dict': return typeof shape.others === 'object' ? [shape.value, shape.others] : [shape.value]
    case 'object': {
      const fields = shape.fields.filter(({ alias, choices }) => alias === key || choices?.includes(String(key)) === true)
      return fields.length === 0 && typeof shape.extras === 'object' ? [shape.extras] : fields.map(field => field.shape)
    }
    default: return []
  }
}

/** All shapes inside a shape. */
function parts (shape: Shape): readonly Shape[] {
  switch (shape.kind) {
    case 'tuple': return shape.items
    case 'object': return [...shape.fields.map(field => field.shape), ...typeof shape.extras === 'object' ? [shape.extras] : []]
    default: return below(shape, 0)
  }
}

const takesBigInt = (shape: Shape): boolean => shape.kind === 'codec' && shape.codec.takesBigInt === true

function hasBigInt (root: Shape): boolean {
  const all = alternatives([root])
  for (const shape of all) {
    if (takesBigInt(shape)) return true
    for (const part of alternatives(parts(shape))) all.add(part)
  }
  return false
}

function place (shapes: ReadonlySet<Shape>, value: unknown, exact: unknown): unknown {
  // A hook may have changed the value since it was read.
  if (typeof exact === 'bigint') return value === Number(exact) && [...shapes].some(takesBigInt) ? exact : value
  if (typeof exact !== 'object' || exact === null || typeof value !== 'object' || value === null) return value
  for (const [key, part] of Object.entries(exact)) {
    const inner = alternatives([...shapes].flatMap(shape => below(shape, key)))
    const before: unknown = Object.getOwnPropertyDescriptor(value, key)?.value
    const after = inner.size === 0 ? before : place(inner, before, part)
    if (after !== before) define(value, key, after)
  }
  return value
}

/** Returns `undefined` for schemas that have no such integers. */
export function exactIntegers (shape: Shape): Place | undefined {
  if (!hasBigInt(shape)) return undefined
  const roots = alternatives([shape])
  return (value, exact) => place(roots, value, exact)
}
