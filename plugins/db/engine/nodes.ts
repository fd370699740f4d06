/**
 * Names in statements of Kysely's.
 *
 * @module
 */

import { AliasNode, ColumnNode, type OperationNode, ReferenceNode, TableNode } from 'kysely'

/** The table that a node names, under an alias or not. */
export function tableOf (node: OperationNode | undefined): string | undefined {
  const inner = node !== undefined && AliasNode.is(node) ? node.node : node
  if (inner === undefined || !TableNode.is(inner)) return undefined
  const { schema, identifier } = inner.table
  return schema === undefined ? identifier.name : `${schema.name}.${identifier.name}`
}

/** The column that a node names: `set({ name: … })` and `set('name', …)` do so in two ways. */
export function columnOf (node: OperationNode): string | undefined {
  const inner = ReferenceNode.is(node) ? node.column : node
  return ColumnNode.is(inner) ? inner.column.name : undefined
}
