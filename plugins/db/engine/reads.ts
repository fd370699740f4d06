/**
 * Statements that only read.
 *
 * @module
 */

import type { RootOperationNode } from 'kysely'

/** Whether a statement surely writes nothing; in SQLite `with` before a `select` does not. */
export function isRead ({ query, sql }: { readonly query: RootOperationNode, readonly sql: string }): boolean {
  return query.kind === 'SelectQueryNode' || (query.kind === 'RawNode' && /^\s*(?:select|explain|values)\b/i.test(sql))
}
