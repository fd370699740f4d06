/**
 * Unions of objects that a literal tells apart, though no `discriminator` says so.
 *
 * @module
 */

import { Refusal } from '../../../types/codec.ts'
import { literalParser } from '../literals.ts'
import type { LiteralShape, ObjectShape, Shape } from '../shape.ts'

export interface Tags {
  readonly property: string
  /** The member of each value: no other member accepts an object with it. */
  readonly members: ReadonlyMap<unknown, Shape>
}

function objectOf (shape: Shape): ObjectShape | undefined {
  const target = shape.kind === 'ref' ? shape.target() : shape
  return target.kind === 'object' ? target : undefined
}

function literalOf (member: Shape, property: string): LiteralShape | undefined {
  const shape = objectOf(member)?.fields.find(({ name, alias }) => name === property && alias === property)?.shape
  return shape?.kind === 'literal' ? shape : undefined
}

/** The values of a property when it is a literal in each of the members, and each value is accepted by one of them. */
function membersBy (property: string, members: readonly Shape[]): Map<unknown, Shape> | undefined {
  const literals = members.map(member => literalOf(member, property))
  if (!literals.every(literal => literal !== undefined)) return undefined
  // Equality is not enough: an enum of integers accepts '1', and true is 1.
  const parsers = literals.map(literalParser)
  const isShared = (value: unknown): boolean => parsers.filter(parse => !(parse(value) instanceof Refusal)).length > 1
  if (literals.some(({ values }) => values.some(isShared))) return undefined
  return new Map(literals.flatMap(({ values }, index) => values.map(value => [value, members[index] as Shape] as const)))
}

/** The first property whose value decides which member of the union an object is. */
export function tagsOf (members: readonly Shape[]): Tags | undefined {
  for (const { name } of objectOf(members[0] as Shape)?.fields ?? []) {
    const tagged = membersBy(name, members)
    if (tagged !== undefined) return { property: name, members: tagged }
  }
  return undefined
}
