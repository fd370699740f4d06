/**
 * Keys, conditions and indexes by the words that migrations have for them.
 *
 * @module
 */

import { indexPart } from './index-shape.ts'
import type { Dialect } from './dialect.ts'
import type { ConstraintWords, IndexWords, PartShape } from './part-shape.ts'
import { checkPart, keyPart, otherPart } from './shape.ts'

/** @param columns of the table, as far as they are known */
export function partOf (table: string, words: ConstraintWords | IndexWords, columns: readonly string[], dialect: Dialect): PartShape {
  if ('on' in words) return indexPart(table, words, columns, dialect)
  const { name, primaryKey, unique, check, definition } = words
  if (primaryKey !== undefined) return keyPart(table, 'primary', { ...primaryKey, name }, dialect)
  if (unique !== undefined) return keyPart(table, 'unique', { ...unique, name }, dialect)
  if (check !== undefined) return checkPart(name, check, columns, true)
  return otherPart(name, String(definition), columns)
}
