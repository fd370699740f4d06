/**
 * SQL that begins or ends a transaction, which is the session's to do.
 *
 * @module
 */

import type { CompiledQuery } from 'kysely'
import { APIKIT_ERR_RAW_TRANSACTION } from '../errors.ts'
import type { Dialect } from '../tables/dialect.ts'
import { isWord, type Token, tokensOf } from '../tables/sql-tokens.ts'

/** Looked for first: most SQL has none of these words. */
const WORDS = /\b(?:begin|start|commit|end|rollback|abort|prepare)\b/i

/** Statements, each by its tokens. What stands within the body of a trigger or a function is none of its own. */
function * statementsIn (sql: string, dialect: Dialect): Generator<readonly Token[]> {
  let statement: Token[] = []
  let depth = 0
  for (const token of tokensOf(sql, dialect)) {
    if (token.text === ';' && depth === 0) {
      yield statement
      statement = []
      continue
    }
    statement.push(token)
    if (!hasBody(statement)) continue
    if (isWord(token, 'begin', 'case')) depth++
    if (isWord(token, 'end') && depth > 0) depth--
  }
  yield statement
}

/** `create or replace function`: of other statements, `begin` may be the name of a column. */
function hasBody ([first, ...next]: readonly Token[]): boolean {
  return isWord(first, 'create') && next.slice(0, 3).some(token => isWord(token, 'trigger', 'function', 'procedure'))
}

function isOfTransaction ([first, second, third]: readonly Token[]): boolean {
  if (isWord(first, 'start', 'prepare')) return isWord(second, 'transaction')
  if (isWord(first, 'rollback')) return !isWord(second, 'to', 'prepared') && !isWord(third, 'to')
  if (isWord(first, 'commit')) return !isWord(second, 'prepared')
  return isWord(first, 'begin', 'end', 'abort')
}

/**
 * Returns the refusal of SQL by which a transaction would begin or end behind the back of the session: what is undone by an error
 * would stay, and a connection would come back to the pool within a transaction. Savepoints are allowed. Statements of Kysely's
 * builders are not looked at.
 */
export function transactionRefusal ({ query: { kind }, sql }: CompiledQuery, dialect: Dialect): Error | undefined {
  if (kind !== 'RawNode' || !WORDS.test(sql)) return undefined
  const found = [...statementsIn(sql, dialect)].find(isOfTransaction)
  return found && new APIKIT_ERR_RAW_TRANSACTION(String(found[0]?.text).toLowerCase())
}
