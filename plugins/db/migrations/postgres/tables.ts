/**
 * A table that is dropped, made again. What PostgreSQL inherits has no words in `createTable`.
 *
 * @module
 */

import { columnSql, constraintSql, indexSql } from '../../tables/ddl.ts'
import { quoted, quotedPath } from '../../tables/names.ts'
import { partOf } from '../../tables/parts.ts'
import type { Dialect } from '../../tables/dialect.ts'
import type { PartShape } from '../../tables/part-shape.ts'
import { foreignPart } from '../../tables/shape.ts'
import type { ForeignKey } from '../../tables/table-types.ts'
import type { Catalog, CatalogPart, CatalogTable } from '../catalog.ts'
import { catalogTableCode } from '../catalog-code.ts'
import { code } from '../code.ts'

/** The lines of a migration that make a table again. */
export function createAgain (table: CatalogTable, actual: Catalog, dialect: Dialect, isApart: (part: CatalogPart) => boolean): string[] {
  if (table.inherits !== undefined) return inheriting(table, isApart).map(sql => `await schema.sql(${code({ postgres: sql })})`)
  const { columns, options } = catalogTableCode(table, { catalog: actual, dialect }, isApart)
  return [`await schema.createTable(${code(table.name)}, ${columns}${options === undefined ? '' : `, ${options}`})`]
}

/** With the columns that are its own, and what those of its parents have here alone. */
function inheriting ({ name, columns, parts, inherits }: CatalogTable, isApart: (part: CatalogPart) => boolean): string[] {
  const names = columns.map(column => column.name)
  const shapes = parts.filter(part => !isApart(part)).map(({ words }): PartShape => 'foreignKey' in words ? foreignPart(name, { ...words.foreignKey as ForeignKey, name: words.name }) : partOf(name, words, names, 'postgres'))
  const on = quotedPath(name)
  const own = columns.filter(column => inherits?.columns.get(column.name) !== false)
  const others = columns.filter(column => !own.includes(column) && column.computed === undefined)
  return [
    `create table ${on} (${own.map(column => columnSql(column, 'postgres')).join(', ')}) inherits (${String(inherits?.parents.map(quotedPath).join(', '))})`,
    ...others.flatMap(({ name, default: value, notNull }) => [
      ...value === undefined ? [`alter table ${on} alter column ${quoted(name)} drop default`] : [`alter table ${on} alter column ${quoted(name)} set default ${value}`],
      `alter table ${on} alter column ${quoted(name)} ${notNull ? 'set' : 'drop'} not null`
    ]),
    ...shapes.map(part => part.kind === 'index' ? indexSql(on, part) : `alter table ${on} add ${constraintSql(part)}`)
  ]
}
