/**
 * The text of `create table` of SQLite, taken apart by its outer grammar: columns, their clauses, constraints. What stands in
 * parentheses is kept, and never understood. Changes are edits of the text itself, so all else stays as it was written.
 *
 * @module
 * @see https://www.sqlite.org/lang_createtable.html
 */

import { isWord, nameIn, type Token, tokensOf } from '../../tables/sql-tokens.ts'

interface Range {
  readonly start: number
  readonly end: number
}

/** A column, or a constraint of the table. */
export interface Item extends Range {
  readonly kind: 'column' | 'constraint'
  /** Of a column, or of a constraint that has one. */
  readonly name: string | undefined
  readonly tokens: readonly Token[]
}

/** What a column says behind its type: `not null`, `check (…)`, each with its `constraint name`. */
export interface Clause extends Range {
  readonly kind: 'primary' | 'not' | 'null' | 'unique' | 'check' | 'default' | 'collate' | 'references' | 'as'
  readonly name: string | undefined
  /** Without `constraint name`. */
  readonly tokens: readonly Token[]
}

export interface ReadColumn {
  readonly name: Token
  readonly type: readonly Token[]
  readonly clauses: readonly Clause[]
}

export interface ReadTable {
  readonly sql: string
  readonly name: Token
  readonly items: readonly Item[]
  readonly tokens: readonly Token[]
  /** Where the last item ends. */
  readonly end: number
  /** Behind the parentheses: `strict`. */
  readonly tail: string
}

const CONSTRAINT = ['constraint', 'primary', 'unique', 'check', 'foreign'] as const
const CLAUSE = ['constraint', 'primary', 'not', 'null', 'unique', 'check', 'default', 'collate', 'references', 'generated', 'as'] as const

/** Takes `create table` apart, as SQLite keeps it: without `temp`, `if not exists` and a schema. */
export function readTable (sql: string): ReadTable {
  const tokens = tokensOf(sql)
  const [,, name] = tokens as [Token, Token, Token]
  const close = closing(tokens, 3)
  const items = groupsOf(tokens.slice(4, close)).flatMap(itemsOf)
  return { sql, name, items, tokens, end: (items.at(-1) as Item).end, tail: sql.slice(tokens[close]?.end).trim() }
}

/** Where the parenthesis closes that opens at a token. */
export function closing (tokens: readonly Token[], open: number): number {
  let depth = 0
  return tokens.findIndex(({ text }, at) => at >= open && (text === '(' ? ++depth : text === ')' ? --depth : 1) === 0)
}

/** The tokens between the commas outside of parentheses. */
export function groupsOf (tokens: readonly Token[]): Token[][] {
  const groups: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.text === '(') depth++
    if (token.text === ')') depth--
    if (token.text === ',' && depth === 0) groups.push([])
    else groups.at(-1)?.push(token)
  }
  return groups.filter(group => group.length > 0)
}

function itemOf (kind: Item['kind'], tokens: readonly Token[]): Item {
  const [first, second] = tokens as [Token, Token]
  const name = kind === 'column' ? nameIn(first) : isWord(first, 'constraint') ? nameIn(second) : undefined
  return { kind, name, tokens, start: first.start, end: (tokens.at(-1) as Token).end }
}

/** Between constraints of a table the comma may be missing. */
function itemsOf (group: readonly Token[]): Item[] {
  if (!isWord(group[0], ...CONSTRAINT)) return [itemOf('column', group)]
  const starts = [0]
  let depth = 0
  for (const [at, token] of group.entries()) {
    const last = group[at - 1]
    // The name of a constraint may be a keyword.
    const isNamed = isWord(last, 'constraint') || (isWord(group[at - 2], 'constraint') && starts.at(-1) === at - 2)
    if (at > 0 && depth === 0 && isWord(token, ...CONSTRAINT) && !isNamed) starts.push(at)
    if (token.text === '(') depth++
    if (token.text === ')') depth--
  }
  return starts.map((start, at) => itemOf('constraint', group.slice(start, starts[at + 1])))
}

/** Takes a column apart. */
export function readColumn ({ tokens }: Item): ReadColumn {
  let at = 1
  while (at < tokens.length && !isWord(tokens[at], ...CLAUSE)) at = tokens[at]?.text === '(' ? closing(tokens, at) + 1 : at + 1
  const type = tokens.slice(1, at)
  const clauses: Clause[] = []
  while (at < tokens.length) {
    const end = endOfClause(tokens, at)
    clauses.push(clauseOf(tokens.slice(at, end)))
    at = end
  }
  return { name: tokens[0] as Token, type, clauses }
}

function clauseOf (all: readonly Token[]): Clause {
  const isNamed = isWord(all[0], 'constraint')
  const tokens = isNamed ? all.slice(2) : all
  const word = tokens[0]?.text.toLowerCase() as Clause['kind'] | 'generated'
  return {
    kind: word === 'generated' ? 'as' : word,
    name: isNamed ? nameIn(all[1] as Token) : undefined,
    tokens,
    start: (all[0] as Token).start,
    end: (all.at(-1) as Token).end
  }
}

/** Words that begin a clause elsewhere, and belong to this one. */
function isInside (first: string, tokens: readonly Token[], at: number): boolean {
  const [before, token] = [tokens[at - 1], tokens[at]]
  if (first === 'references') return (isWord(before, 'set') && isWord(token, 'null', 'default')) || (isWord(token, 'not') && isWord(tokens[at + 1], 'deferrable'))
  return first === 'generated' && isWord(token, 'as')
}

function endOfClause (tokens: readonly Token[], start: number): number {
  let at = isWord(tokens[start], 'constraint') ? start + 2 : start
  const first = tokens[at]?.text.toLowerCase() ?? ''
  // `default` and `collate` take one token whatever it is, `primary` and `not` another keyword.
  at += first === 'default' && /^[-+]$/.test(String(tokens[at + 1]?.text)) ? 3 : ['default', 'collate', 'primary', 'not'].includes(first) && tokens[at + 1]?.text !== '(' ? 2 : 1
  while (at < tokens.length && (!isWord(tokens[at], ...CLAUSE) || isInside(first, tokens, at))) at = tokens[at]?.text === '(' ? closing(tokens, at) + 1 : at + 1
  return at
}

function cut (sql: string, { start, end }: Range, text = ''): string {
  return sql.slice(0, start) + text + sql.slice(end)
}

/** Under another name. */
export function renamed ({ sql, name }: ReadTable, to: string): string {
  return cut(sql, name, to)
}

/** Without a column or a constraint, and its comma. */
export function withoutItem ({ sql, tokens }: ReadTable, item: Item): string {
  const before = tokens.findLast(({ end }) => end <= item.start)
  const after = tokens.find(({ start }) => start >= item.end)
  if (after?.text === ',' && (before?.text === ',' || before?.text === '(')) return cut(sql, { start: item.start, end: after.end })
  if (after?.text === ')' && before?.text === ',') return cut(sql, { start: before.start, end: item.end })
  return cut(sql, item)
}

/** With a column behind the last, or a constraint behind all. */
export function withItem ({ sql, items, end }: ReadTable, kind: Item['kind'], text: string): string {
  const at = kind === 'constraint' ? end : (items.findLast(({ kind }) => kind === 'column') as Item).end
  return cut(sql, { start: at, end: at }, `,\n  ${text}`)
}

/** With other words for a part of a column, or further ones behind it. */
export function withText ({ sql }: ReadTable, range: Range, text: string): string {
  return cut(sql, range, text)
}
