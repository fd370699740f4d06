/**
 * Which scalars a union takes as they are, whatever its other members would make of them.
 *
 * @module
 */

import type { Codec } from '../../../types/codec.ts'
import type { Shape } from '../shape.ts'

/** Kinds of scalars that the type of a value tells apart. */
export type ScalarKind = 'string' | 'boolean' | 'integer'

/** Whether a codec leaves scalars to another member of a union that matches them exactly. */
export type KeepsScalars = (codec: Codec) => boolean

/** Whether a member leaves scalars of a kind to the member that matches them exactly. */
function keeps (shape: Shape, kind: ScalarKind, codecKeeps: KeepsScalars): boolean {
  switch (shape.kind) {
    case 'codec': return codecKeeps(shape.codec)
    // A literal takes true for 1 and 1 for true, and its match is as exact.
    case 'literal': return shape.issue === 'enum' || !shape.values.some(value => kind === 'boolean' ? typeof value === 'number' : typeof value === 'boolean')
    case 'nullable': case 'checked': return keeps(shape.inner, kind, codecKeeps)
    case 'union': return shape.members.every(member => keeps(member, kind, codecKeeps))
    case 'ref': return shape.target().kind === 'object'
    case 'refined': case 'json-text': return false
    default: return true
  }
}

/** Whether a shape takes every scalar of a kind. */
function takesAll (shape: Shape, kind: ScalarKind): boolean {
  if (shape.kind === 'string') return kind === 'string' && (shape.min ?? shape.max ?? shape.pattern) === undefined
  if (shape.kind === 'integer') return kind === 'integer' && !shape.bounded
  return shape.kind === kind
}

/** The kinds of scalars whose values the union takes as they are. */
export function scalarKinds (members: readonly Shape[], codecKeeps: KeepsScalars): ScalarKind[] {
  return (['string', 'boolean', 'integer'] as const).filter(kind =>
    members.some(member => takesAll(member, kind)) && members.every(member => keeps(member, kind, codecKeeps)))
}
