/**
 * SQL that the two databases write in two ways, in a tree of Kysely's: a value, which plugins of Kysely that rebuild the tree keep.
 *
 * @module
 */

import { type OperationNode, RawNode, ValueNode } from 'kysely'
import type { Dialect } from '../tables/dialect.ts'

/** The texts around operands. */
export class Template {
  readonly #texts: Readonly<Record<Dialect, readonly string[]>>

  constructor (texts: Readonly<Record<Dialect, readonly string[]>>) {
    this.#texts = texts
  }

  texts (dialect: Dialect): readonly string[] {
    return this.#texts[dialect]
  }
}

/** A node that a compiler of ours prints. Where there are more texts than operands, the operands come again. */
export function templateNode (template: Template, operands: readonly OperationNode[]): RawNode {
  return RawNode.create([], [ValueNode.createImmediate(template), ...operands])
}

/** The template of a node, if it is one. */
export function templateOf (node: OperationNode): Template | undefined {
  const first = RawNode.is(node) ? node.parameters[0] : undefined
  const value = first !== undefined && ValueNode.is(first) ? first.value : undefined
  return value instanceof Template ? value : undefined
}
