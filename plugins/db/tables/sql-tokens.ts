/**
 * The tokens of SQL: words, names in quotes, texts, numbers and signs. Comments and blanks stand between them.
 *
 * @module
 */

import type { Dialect } from './dialect.ts'

export interface Token {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'sign'
  readonly text: string
  readonly start: number
  readonly end: number
}

const WORD = /[\p{L}\p{N}_$\u{80}-\u{10ffff}]+/uy
const NUMBER = /(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/y
const BLANK = /\s+/y
/** Of PostgreSQL, around a text: `$$`, `$body$`. */
const DOLLARS = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy
const QUOTES: Readonly<Record<string, readonly [close: string, kind: Token['kind']]>> = { "'": ["'", 'text'], '"': ['"', 'name'], '`': ['`', 'name'], '[': [']', 'name'] }

/** Quotes that PostgreSQL does not have. */
const OF_SQLITE = /[`[]/
/** Where a comment begins or ends. */
const MARK = /\/\*|\*\//g

function lengthOf (pattern: RegExp, sql: string, at: number): number {
  pattern.lastIndex = at
  return pattern.exec(sql)?.[0].length ?? 0
}

/** Where a quote ends: a doubled one does not end it, but for brackets. `escapes`: one behind a backslash does not, either. */
function endOfQuote (sql: string, start: number, close: string, escapes = false): number {
  for (let at = start; at < sql.length; at++) {
    if (escapes && sql[at] === '\\') {
      at++
      continue
    }
    if (sql[at] !== close) continue
    if (close === ']' || sql[at + 1] !== close) return at + 1
    at++
  }
  return sql.length
}

/** Where the comment that begins here ends; `at` itself where none begins. In PostgreSQL it may have others in it. */
function endOfComment (sql: string, at: number, isNesting: boolean): number {
  if (sql.startsWith('--', at)) return sql.indexOf('\n', at) + 1 || sql.length
  if (!sql.startsWith('/*', at)) return at
  let depth = 1
  for (MARK.lastIndex = at + 2; depth > 0;) {
    const mark = MARK.exec(sql)
    if (mark === null) return sql.length
    if (mark[0] === '*/') depth--
    else if (isNesting) depth++
    at = MARK.lastIndex
  }
  return at
}

/**
 * Splits SQL into its tokens.
 *
 * @param dialect whose SQL it is, where the same text says something else elsewhere: `postgres` has comments within comments,
 * `E'\''`, and no names in brackets or backticks
 */
export function tokensOf (sql: string, dialect?: Dialect): Token[] {
  const isPostgres = dialect === 'postgres'
  const tokens: Token[] = []
  let at = 0
  while (at < sql.length) {
    const next = Math.max(at + lengthOf(BLANK, sql, at), endOfComment(sql, at, isPostgres))
    if (next > at) {
      at = next
      continue
    }
    const { kind, end } = tokenAt(sql, at, isPostgres)
    tokens.push({ kind, text: sql.slice(at, end), start: at, end })
    at = end
  }
  return tokens
}

function tokenAt (sql: string, at: number, isPostgres: boolean): Pick<Token, 'kind' | 'end'> {
  const first = sql.charAt(at)
  if (/[xXeE]/.test(first) && sql[at + 1] === "'") return { kind: 'text', end: endOfQuote(sql, at + 2, "'", isPostgres && /e/i.test(first)) }
  const quote = isPostgres && OF_SQLITE.test(first) ? undefined : QUOTES[first]
  if (quote !== undefined) return { kind: quote[1], end: endOfQuote(sql, at + 1, quote[0]) }
  const dollars = sql.slice(at, at + lengthOf(DOLLARS, sql, at))
  const close = dollars === '' ? -1 : sql.indexOf(dollars, at + dollars.length)
  if (close > 0) return { kind: 'text', end: close + dollars.length }
  const number = lengthOf(NUMBER, sql, at)
  if (number > 0) return { kind: 'number', end: at + number }
  const word = lengthOf(WORD, sql, at)
  return word > 0 ? { kind: 'word', end: at + word } : { kind: 'sign', end: at + 1 }
}

/** Whether a token is one of some keywords, which are given in lower case. */
export function isWord (token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toLowerCase())
}

/** The name that a token says. */
export function nameIn ({ kind, text }: Token): string {
  if (kind !== 'name' && kind !== 'text') return text
  const close = text.slice(-1)
  return text.slice(1, -1).replaceAll(close + close, close)
}

/** SQL in one spelling: what differs in blanks, comments, quotes of names and case only is the same then. */
export function spelled (tokens: readonly Token[]): string {
  return tokens.map(token => token.kind === 'text' ? token.text : token.kind === 'name' ? nameIn(token).toLowerCase() : token.text.toLowerCase()).join(' ')
}

/** Without the parentheses around the whole. */
export function bare (tokens: readonly Token[]): readonly Token[] {
  if (tokens[0]?.text !== '(') return tokens
  let depth = 0
  for (const [at, { text }] of tokens.entries()) {
    if (text === '(') depth++
    if (text === ')' && --depth === 0 && at < tokens.length - 1) return tokens
  }
  return bare(tokens.slice(1, -1))
}

/** The columns, of some, that an expression names. */
export function columnsIn (expression: string, columns: readonly string[]): string[] {
  const names = new Set(tokensOf(expression).filter(({ kind }) => kind === 'word' || kind === 'name').map(token => nameIn(token).toLowerCase()))
  return columns.filter(column => names.has(column.toLowerCase()))
}
