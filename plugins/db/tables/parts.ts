/**
 * Constraints and indexes by the words that migrations have for them.
 *
 * @module
 */

import { indexPart, type IndexWords } from './index-shape.ts'
import { checkPart, type ConstraintWords, type Dialect, foreignPart, keyPart, otherPart, type PartShape } from './shape.ts'

/** @param columns of the table, as far as they are known */
export function partOf (table: string, words: ConstraintWords | IndexWords, columns: readonly string[], dialect: Dialect): PartShape {
  if ('on' in words) return indexPart(table, words, columns, dialect)
  const { name, primaryKey, unique, foreignKey, check, definition } = words
  if (primaryKey !== undefined) return keyPart(table, 'primary', { ...primaryKey, name }, dialect)
  if (unique !== undefined) return keyPart(table, 'unique', { ...unique, name }, dialect)
  if (foreignKey !== undefined) return foreignPart(table, { ...foreignKey, name })
  if (check !== undefined) return checkPart(name, check, columns, true)
  return otherPart(name, String(definition), columns)
}
