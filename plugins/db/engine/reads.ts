/**
 * Statements that only read.
 *
 * @module
 */

import type { RootOperationNode } from 'kysely'
import type { Dialect } from '../tables/dialect.ts'
import { isWord, tokensOf } from '../tables/sql-tokens.ts'

interface Statement {
  readonly query: RootOperationNode
  readonly sql: string
}

/** Whether a statement surely writes nothing, but for what its functions do. */
export function isRead ({ query, sql }: Statement, dialect: Dialect): boolean {
  if (query.kind === 'SelectQueryNode') return query.with === undefined || !writes(sql, dialect)
  return query.kind === 'RawNode' && /^\s*(?:select|explain|values)\b/i.test(sql) && !writes(sql, dialect)
}

/** Whether a statement may be one that reads: also `with` and `show`. */
export function mayRead ({ query, sql }: Statement, dialect: Dialect): boolean {
  return isRead({ query, sql }, dialect) || (/^\s*(?:with|show)\b/i.test(sql) && !writes(sql, dialect))
}

/** Whether a text has a statement that writes: within a `with`, below `explain analyze`, or behind another one. */
function writes (sql: string, dialect: Dialect): boolean {
  if (!/\b(?:into|update|delete|create)\b|;/i.test(sql)) return false
  const tokens = tokensOf(sql, dialect)
  return tokens.some((token, index) => {
    const [before, next] = [tokens[index - 1], tokens[index + 1]]
    if (token.text === ';') return next !== undefined && next.text !== ';' && !isWord(next, 'select', 'values', 'explain', 'with', 'show')
    // `insert into`, `merge into`, `replace into`, `select … into`: a statement that reads has no such word.
    if (isWord(token, 'into')) return true
    if (isWord(token, 'delete')) return isWord(next, 'from')
    // Not the lock of `for update`.
    return isWord(token, 'update', 'create') && (before === undefined || /^[();]$/.test(before.text) || isWord(before, 'analyze', 'verbose'))
  })
}
