/**
 * Values of columns in JSON, in a form that keeps them exactly: as JSON has them, or as the text that the database writes.
 *
 * @module
 */

import { type OperationNode, ValueNode } from 'kysely'
import { orderNode } from './long-decimals.ts'
import { CHUNK } from './relation.ts'
import { Template, templateNode } from './template.ts'
import { textScale } from '../tables/decimal-form.ts'
import type { Column, Kind } from '../tables/table-types.ts'

/** What PostgreSQL's JSON has as it is; the rest is text. */
const NATIVE: ReadonlySet<Kind> = new Set(['id', 'integer', 'smallint', 'real', 'text', 'varchar', 'char', 'email', 'boolean', 'json', 'enum', 'uuid', 'array'])

export function isNative ({ kind }: Column): boolean {
  return NATIVE.has(kind)
}

/** How SQLite's JSON has a column: `bigint` as text, bytes as hexadecimal digits, and the rest as it is. */
export function sqliteForm ({ type: { sqlite } }: Column): 'text' | 'hex' | 'plain' {
  if (/^(?:bigint|int8)\b/i.test(sqlite)) return 'text'
  return /^(?:blob|bytea)\b/i.test(sqlite) ? 'hex' : 'plain'
}

const PLAIN = ['', '']
const FORMS = { text: ['cast(', ' as text)'], hex: ['iif(', ' is null, null, hex(', '))'], plain: PLAIN }

/** As the driver has them: `t` and `f`, for `column.of('boolean')`. */
const BOOLEAN = ['left(', '::text, 1)']

function postgresForm (column: Column): readonly string[] {
  if (isNative(column)) return PLAIN
  return /^bool(?:ean)?$/i.test(column.type.postgres) ? BOOLEAN : ['', '::text']
}

export function cellNode (column: Column, reference: OperationNode): OperationNode {
  return templateNode(new Template({ postgres: postgresForm(column), sqlite: FORMS[sqliteForm(column)] }), [reference])
}

/** In SQLite, what comes out of a subquery has forgotten that it is JSON. */
const NESTED = new Template({ postgres: PLAIN, sqlite: ['json(', ')'] })

export function nestedCellNode (relation: OperationNode): OperationNode {
  return templateNode(NESTED, [relation])
}

/** Values as one JSON array. */
export function arrayNode (cells: readonly OperationNode[]): OperationNode {
  if (cells.length <= CHUNK) return list(cells)
  const chunks = Array.from({ length: Math.ceil(cells.length / CHUNK) }, (_, nr) => list(cells.slice(nr * CHUNK, (nr + 1) * CHUNK)))
  return list(chunks)
}

function list (cells: readonly OperationNode[]): OperationNode {
  const rest = [...cells.slice(1).map(() => ', '), ')']
  return templateNode(new Template({ postgres: ['json_build_array(', ...rest], sqlite: ['json_array(', ...rest] }), cells)
}

const NAMED = new Template({ postgres: ['', ' as v'], sqlite: ['', ' as v'] })

/** The only value that a relation's subquery selects. */
export function namedNode (array: OperationNode): OperationNode {
  return templateNode(NAMED, [array])
}

const TEXT = ['', '::text']

/** A value as the database writes it, to be read by `castNode` again: all digits of it. */
export function textNode (column: Column, reference: OperationNode): OperationNode {
  return templateNode(new Template({ postgres: TEXT, sqlite: FORMS[sqliteForm(column)] }), [reference])
}

/** What `textNode` has written, as a value of its column. */
export function castNode ({ type: { postgres } }: Column, value: unknown): OperationNode {
  return templateNode(new Template({ postgres: ['cast(', ` as ${postgres})`], sqlite: PLAIN }), [ValueNode.create(value)])
}

/** A value by which rows are compared: a decimal that SQLite keeps as text is a number there. */
export function comparableNode (column: Column, value: OperationNode): OperationNode {
  return textScale(column) === undefined ? value : orderNode(value)
}
