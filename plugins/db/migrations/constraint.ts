/**
 * Conditions of a whole table, as a migration adds them.
 *
 * @module
 */

import { APIKIT_ERR_MIGRATION } from '../errors.ts'
import { unqualified } from '../tables/names.ts'
import { Raw, sqlOf } from '../tables/raw.ts'
import type { Dialect } from '../tables/dialect.ts'
import type { PartShape } from '../tables/part-shape.ts'
import { checkPart, foreignPart, keyPart, nameOf, otherPart } from '../tables/shape.ts'
import type { ForeignKey, KeyOptions, SqlText, UniqueOptions } from '../tables/table-types.ts'

/** A condition of a whole table. */
export interface Constraint {
  /** Of the constraint. Default: as PostgreSQL would call it. */
  readonly name?: string
  readonly primaryKey?: readonly string[] | KeyOptions
  readonly unique?: readonly string[] | UniqueOptions
  readonly foreignKey?: ForeignKey
  /** In SQL: one condition, or several by name. */
  readonly check?: SqlText | Readonly<Record<string, SqlText>>
  /** In SQL, what stands behind the name. */
  readonly definition?: SqlText
  /** Older rows are not checked (`not valid` of PostgreSQL). `'if needed'`: only where they do not fit. */
  readonly notValid?: boolean | 'if needed'
}

function columnsOf (key: readonly string[] | KeyOptions): KeyOptions {
  return 'columns' in key ? key : { columns: key }
}

/**
 * The parts that a constraint says.
 *
 * @throws APIKIT_ERR_MIGRATION when a definition has no name
 */
export function constraintParts (table: string, { name, primaryKey, unique, foreignKey, check, definition }: Constraint, dialect: Dialect): PartShape[] {
  const named = name === undefined ? {} : { name }
  const parts: PartShape[] = []
  if (primaryKey !== undefined) parts.push(keyPart(table, 'primary', { ...columnsOf(primaryKey), ...named }, dialect))
  if (unique !== undefined) parts.push(keyPart(table, 'unique', { ...columnsOf(unique), ...named }, dialect))
  if (foreignKey !== undefined) parts.push(foreignPart(table, { ...foreignKey, ...named }))
  if (isText(check)) parts.push(checkPart(name ?? nameOf(unqualified(table), [], 'check'), sqlOf(check, dialect), []))
  else for (const [one, sql] of Object.entries(check ?? {})) parts.push(checkPart(nameOf(unqualified(table), [one], 'check'), sqlOf(sql, dialect), []))
  if (definition !== undefined && name === undefined) throw new APIKIT_ERR_MIGRATION(`${table}: addConstraint() with a definition needs a name`)
  if (definition !== undefined && name !== undefined) parts.push(otherPart(name, sqlOf(definition, dialect), []))
  return parts
}

function isText (check: Constraint['check']): check is SqlText {
  return typeof check === 'string' || check instanceof Raw
}
