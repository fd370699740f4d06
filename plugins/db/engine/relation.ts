/**
 * Rows of other tables in a row: what of a result is decoded by the columns of a relation.
 *
 * @module
 */

import { AliasNode, IdentifierNode, type OperationNode, type RawNode, type RootOperationNode, SelectionNode } from 'kysely'
import { APIKIT_ERR_RELATION } from '../errors.ts'
import type { Decode } from './field.ts'
import { type ReadRow, rowReader } from './row-reader.ts'
import { Template, templateOf } from './template.ts'
import type { Dialect } from '../tables/dialect.ts'
import type { Column } from '../tables/table-types.ts'

/** What stands in JSON for the value of a column → the value, `undefined`: as it is. Of one engine. */
export type CellDecoder = (column: Column) => Decode | undefined

/** So many values are in one array: PostgreSQL's functions take 100 arguments. */
export const CHUNK = 100

// What `json_array` has written need not be read again, as `json_group_array` would.
const TEXTS = {
  many: { postgres: ["(select coalesce(json_agg(r.v), '[]') from ", ' as r)'], sqlite: ["(select coalesce('[' || group_concat(r.v) || ']', '[]') from ", ' as r)'] },
  one: { postgres: ['', ''], sqlite: ['', ''] }
} as const

export class Relation extends Template {
  readonly #table: string
  readonly #isMany: boolean
  readonly #columns: ReadonlyArray<readonly [string, Column]>
  readonly #nested: ReadonlyArray<readonly [string, Relation]>

  constructor (table: string, kind: keyof typeof TEXTS, columns: ReadonlyArray<readonly [string, Column]>, nested: ReadonlyArray<readonly [string, Relation]>) {
    super(TEXTS[kind])
    this.#table = table
    this.#isMany = kind === 'many'
    this.#columns = columns
    this.#nested = nested
  }

  /** What reads its JSON, once parsed. */
  reader (decoderOf: CellDecoder): Decode {
    const cells = [
      ...this.#columns.map(([name, column]) => ({ name, decode: decoderOf(column), table: this.#table })),
      ...this.#nested.map(([name, relation]) => ({ name, decode: relation.reader(decoderOf) }))
    ]
    const read = rowReader(cells)
    const readOne: ReadRow = cells.length > CHUNK ? row => read(row.flat()) : read
    return this.#isMany ? value => (value as unknown[][]).map(row => readOne(row)) : value => readOne(value as unknown[])
  }
}

/** The relations of statements, by their trees: a prepared one keeps its own. */
const known = new WeakMap<object, ReadonlyMap<string, Relation>>()

/** Notes the relations of a statement, which are selected under a name. */
export function noteRelations (root: RootOperationNode): ReadonlySet<RawNode> {
  const nodes = new Map<RawNode, readonly [string, Relation]>()
  for (const { selection } of selectionsOf(root)) {
    if (!AliasNode.is(selection)) continue
    const template = templateOf(selection.node)
    if (template instanceof Relation && IdentifierNode.is(selection.alias)) nodes.set(selection.node as RawNode, [selection.alias.name, template])
  }
  if (nodes.size > 0) known.set(root, new Map(nodes.values()))
  return new Set(nodes.keys())
}

function selectionsOf (root: RootOperationNode): readonly SelectionNode[] {
  return ('selections' in root ? root.selections : 'returning' in root ? root.returning?.selections : undefined) ?? []
}

/** Decodes the relations in rows that are decoded otherwise. */
export function readRelations<R> (root: RootOperationNode, rows: R[], decoderOf: CellDecoder): R[] {
  const relations = known.get(root)
  if (relations === undefined) return rows
  for (const [alias, relation] of relations) {
    const read = relation.reader(decoderOf)
    for (const row of rows as Array<Record<string, unknown>>) {
      const value = row[alias]
      if (value !== null) row[alias] = read(typeof value === 'string' ? JSON.parse(value) : value)
    }
  }
  return rows
}

const MISPLACED = 'they must be selected, under a name, by the outermost query (or its returning), or within another relation; in a subquery, a condition or a union nothing decodes their rows'

/** What compilers print templates with. */
export class TemplatePrinter {
  readonly #dialect: Dialect
  #expected: ReadonlySet<RawNode> = new Set()
  #depth = 0

  constructor (dialect: Dialect) {
    this.#dialect = dialect
  }

  begin (root: RootOperationNode): void {
    this.#expected = noteRelations(root)
    this.#depth = 0
  }

  /**
   * Prints a node that is a template.
   *
   * @returns whether it was one
   * @throws APIKIT_ERR_RELATION for a relation whose rows nothing would decode
   */
  print (node: RawNode, append: (sql: string) => void, visit: (node: OperationNode) => void): boolean {
    const template = templateOf(node)
    if (template === undefined) return false
    if (template instanceof Relation && this.#depth === 0 && !this.#expected.has(node)) throw new APIKIT_ERR_RELATION(MISPLACED)
    this.#depth++
    const operands = node.parameters.slice(1)
    const texts = template.texts(this.#dialect)
    texts.forEach((text, index) => {
      append(text)
      if (index < texts.length - 1) visit(operands[index % operands.length] as OperationNode)
    })
    this.#depth--
    return true
  }
}
