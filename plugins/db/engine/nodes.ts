/**
 * Names in statements of Kysely's.
 *
 * @module
 */

import { AliasNode, ColumnNode, type Expression, type OperationNode, ReferenceNode, TableNode } from 'kysely'

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

/** A table by the name of its declaration, in which a dot separates the schema. Kysely also looks for ` as ` in a text. */
export function tableNode (name: string): TableNode {
  const dot = name.indexOf('.')
  return dot < 0 ? TableNode.create(name) : TableNode.createWithSchema(name.slice(0, dot), name.slice(dot + 1))
}

/** A column by its name, whatever stands in it: in a text, Kysely looks for dots, blanks and ` as `. */
export function columnNode (table: string | undefined, column: string): OperationNode {
  const node = ColumnNode.create(column)
  return table === undefined ? ReferenceNode.create(node) : ReferenceNode.create(node, tableNode(table))
}

/** A node in the place of a text: a table in `selectFrom`, a column in a condition, an order or a selection. */
export function expressionOf (node: OperationNode): Expression<never> {
  return { expressionType: undefined, toOperationNode: () => node }
}
