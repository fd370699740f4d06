/**
 * Unions of objects that a literal tells apart, though no `discriminator` says so.
 *
 * @module
 */

import type { ObjectShape, Shape } from '../core/schema/shape.ts'

function objectOf (shape: Shape): ObjectShape | undefined {
  const target = shape.kind === 'ref' ? shape.target() : shape
  return target.kind === 'object' ? target : undefined
}

/** The values of a property when it is a literal in each of the members, and no two have one in common. */
function valuesOf (property: string, members: readonly Shape[]): Map<unknown, Shape> | undefined {
  const values = new Map<unknown, Shape>()
  let count = 0
  for (const member of members) {
    const shape = objectOf(member)?.fields.find(({ name, alias }) => name === property && alias === property)?.shape
    if (shape?.kind !== 'literal') return undefined
    count += shape.values.length
    for (const value of shape.values) values.set(value, member)
  }
  return values.size === count ? values : undefined
}

/** With one of these values, a property leaves one member of the union that can accept. */
export function tagsOf (members: readonly Shape[]): { property: string, values: ReadonlyMap<unknown, Shape> } | undefined {
  for (const { name } of objectOf(members[0] as Shape)?.fields ?? []) {
    const values = valuesOf(name, members)
    if (values !== undefined) return { property: name, values }
  }
  return undefined
}
