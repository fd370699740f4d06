/**
 * Which members of a union are tried on a value, in which order: as few as it takes to know the best.
 *
 * @module
 */

import type { Parse } from './issue.ts'
import { isDictionary } from './parse-container.ts'
import { ownValue } from './parse-object.ts'
import type { Shape } from './shape.ts'

type ScalarType = 'string' | 'number' | 'boolean'

/** How well a shape may fit scalars of a type; `undefined` where only trying tells. */
function fitOf (shape: Shape, type: ScalarType): 'exact' | 'lax' | 'never' | undefined {
  switch (shape.kind) {
    case 'string': return type === 'string' ? 'exact' : 'never'
    case 'boolean': return type === 'boolean' ? 'exact' : 'lax'
    case 'integer': case 'number': return type === 'number' ? 'exact' : 'lax'
    case 'literal': return 'exact'
    case 'codec': return shape.codec.exact === undefined ? 'lax' : 'exact'
    case 'array': case 'set': case 'tuple': case 'dict': case 'object': return 'never'
    default: return undefined
  }
}

/** A member of a union. */
export interface Member {
  readonly index: number
  readonly label: string
  readonly parse: Parse
  /** The fields that count, where their number is all that tells how well an object fits. */
  readonly names: readonly string[] | undefined
}

/**
 * The members to try on scalars of a type: those first that may match exactly, for the first of them that does is the
 * best. `undefined` where some member keeps to no rule.
 */
function orderFor (members: readonly Member[], shapes: readonly Shape[], type: ScalarType): readonly Member[] | undefined {
  const fits = shapes.map(shape => fitOf(shape, type))
  if (fits.includes(undefined)) return undefined
  return (['exact', 'lax'] as const).flatMap(fit => members.filter(({ index }) => fits[index] === fit))
}

/** Whether no object stands in a value of the shape, whose fields would count as well. */
function isFlat (shape: Shape): boolean {
  switch (shape.kind) {
    case 'null': case 'boolean': case 'integer': case 'number': case 'string': case 'literal': case 'codec': case 'any': return true
    case 'array': case 'set': return isFlat(shape.items)
    case 'nullable': return isFlat(shape.inner)
    default: return false
  }
}

/** The names of an object's fields, if their number is all that tells how well it fits. */
export function countedNames (shape: Shape): readonly string[] | undefined {
  if (shape.kind !== 'object' || shape.fields.some(({ choices }) => choices !== undefined) || (typeof shape.extras === 'object' && !isFlat(shape.extras))) return undefined
  return shape.fields.every(field => isFlat(field.shape)) ? shape.fields.map(({ alias }) => alias) : undefined
}

/** How many names a value has. */
export function keyCount (input: unknown): number {
  return isDictionary(input) ? Object.keys(input).length : 0
}

/** How many of the names an object has. */
export function countOf (names: readonly string[], input: unknown): number {
  let count = 0
  for (const name of names) if (ownValue(input as object, name) !== undefined) count++
  return count
}

/** Orders the members of a union by what is to be read; `undefined` for their own order. */
export function orderOf (members: readonly Member[], shapes: readonly Shape[]): (input: unknown) => readonly Member[] | undefined {
  const orders = new Map((['string', 'number', 'boolean'] as const).map(type => [type as string, orderFor(members, shapes, type)]))
  return input => orders.get(typeof input)
}
