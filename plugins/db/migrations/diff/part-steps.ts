/**
 * Steps of constraints and indexes: what goes, what comes, and what is made anew because a column under it is.
 *
 * @module
 */

import type { Dialect } from '../../tables/dialect.ts'
import { quoted, quotedPath } from '../../tables/shape.ts'
import { type CatalogPart, isNotValid, isPartitioned } from '../catalog.ts'
import { addPartCode, code, dropPartCode, indexName } from '../code.ts'
import { inlineParts, type Remade } from './column-steps.ts'
import type { Comparison } from './compare.ts'
import type { SamePart, TableMatch } from '../match.ts'
import { comment, type Step } from './step.ts'

export interface PartSteps {
  /** Of what is made anew under another name, too. */
  readonly rename: readonly Step[]
  readonly dropForeign: readonly Step[]
  readonly drop: readonly Step[]
  readonly add: readonly Step[]
  readonly addForeign: readonly Step[]
}

/** A part that goes (its `before`), comes (its `after`), or both. */
export interface Move {
  readonly kind: CatalogPart['kind']
  readonly before?: CatalogPart | undefined
  /** The name that it has had before: it is renamed, and then made anew. */
  readonly from?: CatalogPart | undefined
  readonly after?: { readonly name: string, readonly words: object } | undefined
  readonly why?: string | undefined
}

type RemadeOf = ReadonlyMap<string, Remade>

/** Keys that other tables may reference. */
function isGone (part: CatalogPart, moves: readonly Move[]): boolean {
  return moves.some(({ before, from }) => (from ?? before) === part)
}

function touches (columns: readonly string[], names: ReadonlySet<string>): boolean {
  return columns.some(column => names.has(column))
}

/** What depends on a column's type or being. Keys have no words that a type would stand in. */
function isUnder ({ kind, columns }: CatalogPart, { retyped, replaced, dropped }: Remade): boolean {
  return touches(columns, replaced) || touches(columns, dropped) || (kind !== 'primary' && kind !== 'unique' && touches(columns, retyped))
}

function ownMoves (match: TableMatch, remade: Remade, { declared, dialect }: Comparison): Move[] {
  const { table, same, come, left } = match
  const moves: Move[] = []
  const inline = inlineNames(match, remade, dialect)
  for (const { before, after, shape } of same) {
    const isRenamed = shape.isNamed && before.name !== after.name && (dialect === 'postgres' || before.kind === 'index')
    const name = isRenamed ? after.name : before.name
    // The check of an enum comes with its column.
    if (isUnder(before, remade) && inline.has(shape.name)) moves.push({ kind: before.kind, before })
    // By one name all the way, so that what hangs on it is found again.
    else if (isUnder(before, remade) && isRenamed && dialect === 'postgres' && !match.before.parts.some(part => part.name === name)) {
      moves.push({ kind: before.kind, from: before, before: { ...before, name }, after: { name, words: saidBy(before, shape) } })
    } else if (isUnder(before, remade) || (isRenamed && dialect === 'sqlite')) moves.push({ kind: before.kind, before, after: { name, words: saidBy(before, shape) } })
  }
  for (const part of left) {
    // What has the name of another definition makes room for it.
    if (declared.has(table.name, 'part', part.name) || come.some(({ after }) => after.name === part.name)) moves.push({ kind: part.kind, before: part })
    else if (touches(part.columns, remade.dropped)) moves.push({ kind: part.kind, before: part, why: 'is not of table(), and goes with its column' })
    else if (isUnder(part, remade)) moves.push({ kind: part.kind, before: part, after: part })
  }
  for (const { after, shape } of come) if (!inline.has(after.name)) moves.push({ kind: after.kind, after: { name: after.name, words: shape.words } })
  return moves
}

/** A unique index stays an index, where the code asks for unique columns only. */
function saidBy (before: CatalogPart, shape: SamePart['shape']): object {
  if ((before.kind === 'index') !== (shape.kind === 'index')) return before.words
  return { ...shape.words, ...isNotValid(before) && { notValid: true } }
}

function inlineNames (match: TableMatch, { replaced, renamed }: Remade, dialect: Dialect): Set<string> {
  const { added, follows } = match
  const renames = new Set(renamed.values())
  const names = [...added.filter(name => !renames.has(name)), ...replaced].filter(name => follows?.has(name) !== true)
  return new Set(names.flatMap(name => inlineParts(match, name, dialect).map(({ name }) => name)))
}

/** Foreign keys that reference a column of another type, or a key that goes, are made anew. */
function referencing (match: TableMatch, remade: RemadeOf, moves: Moves, comparison: Comparison): Move[] {
  const { matches, dialect } = comparison
  if (dialect === 'sqlite') return []
  const own = moves.get(match.table.name) as readonly Move[]
  return match.before.parts.flatMap(part => {
    if (part.kind !== 'foreign' || part.target === undefined || isGone(part, own)) return []
    const { table, columns } = part.target
    const target = matches.find(one => one.table.name === table)
    const isKeyGone = target?.before.parts.some(key => (key.kind === 'primary' || key.kind === 'unique' || key.isUniqueOf !== undefined) &&
      String(key.columns.toSorted()) === String(columns.toSorted()) && isGone(key, moves.get(table) as readonly Move[])) === true
    if (!isKeyGone && !touches(columns, remade.get(table)?.retyped ?? new Set())) return []
    const declared = match.same.find(({ before }) => before === part)
    return [{ kind: part.kind, before: part, after: { name: part.name, words: declared === undefined ? part.words : saidBy(part, declared.shape) } }]
  })
}

export type Moves = ReadonlyMap<string, readonly Move[]>

/** What goes and comes, by table. */
export function movesOf (remade: RemadeOf, comparison: Comparison): Moves {
  return new Map(comparison.matches.map(match => [match.table.name, ownMoves(match, remade.get(match.table.name) as Remade, comparison)]))
}

/** Parts that go for good: `down` makes them again, and what hung on them. */
export function goneParts (match: TableMatch, remade: Remade, moves: readonly Move[], { dialect }: Comparison): string[] {
  const inline = inlineNames(match, remade, dialect)
  // An index in the place of a constraint has other comments.
  const isKept = (part: CatalogPart): boolean => inline.has(part.name) || moves.some(({ after }) => after?.name === part.name && 'on' in after.words === (part.kind === 'index'))
  return moves.flatMap(({ before, after }) => before === undefined || after !== undefined || isKept(before) ? [] : [before.name])
}

export function partSteps (match: TableMatch, remade: RemadeOf, moves: Moves, comparison: Comparison): PartSteps {
  const { table, same } = match
  const all = [...moves.get(table.name) as readonly Move[], ...referencing(match, remade, moves, comparison)]
  const isForeign = ({ kind }: Move): boolean => kind === 'foreign'
  const droppedTables = new Set(comparison.unknown.filter(({ name }) => comparison.declared.hasTable(name)).map(({ name }) => name))
  const addAgain = (part: CatalogPart): string[] => {
    const words = { ...part.words, name: part.name }
    if (part.target === undefined || !droppedTables.has(part.target.table)) return [addPartCode(table.name, words)]
    const said = `${part.target.table} has no rows then: rows of ${table.name} that reference it`
    // SQLite checks all rows of a table that it makes anew.
    if (comparison.dialect === 'sqlite') return [comment(`${said} make this fail`), addPartCode(table.name, words)]
    if (isPartitioned(match.before)) return [comment(`${said} make this fail, as PostgreSQL allows NOT VALID on no partitioned table before version 18`), addPartCode(table.name, words)]
    return [comment(`${said} are not checked, and the constraint is NOT VALID until: alter table ${quotedPath(table.name)} validate constraint ${quoted(part.name)}`), addPartCode(table.name, { notValid: 'if needed', ...words })]
  }
  const drop = (list: readonly Move[]): Step[] => list.flatMap(({ before, why }) => before === undefined
    ? []
    : [{
        up: [...why === undefined ? [] : [comment(`${table.name}: ${before.name} ${why}`)], dropPartCode(table.name, before.name, before.kind === 'index')],
        down: addAgain(before)
      }])
  const add = (list: readonly Move[]): Step[] => list.flatMap(({ after }) => after === undefined
    ? []
    : [{ up: [addPartCode(table.name, { ...after.words, name: after.name })], down: [dropPartCode(table.name, after.name, 'on' in after.words)] }])
  const renames = same.filter(one => isRenamed(one) && comparison.dialect === 'postgres' && !isGone(one.before, all)).map(({ before, after }) => renameStep(table.name, before, after.name))
  return {
    rename: all.flatMap(({ from, before }) => from === undefined ? [] : [renameStep(table.name, from, String(before?.name))]),
    dropForeign: drop(all.filter(isForeign)),
    drop: [...drop(all.filter(move => !isForeign(move))), ...renames],
    add: add(all.filter(move => !isForeign(move))),
    addForeign: add(all.filter(isForeign))
  }
}

function renameStep (table: string, { kind, name }: CatalogPart, to: string): Step {
  const rename = (from: string, to: string): string => kind === 'index' ? `await schema.renameIndex(${code(indexName(table, from))}, ${code(indexName(table, to))})` : `await schema.renameConstraint(${code(table)}, ${code(from)}, ${code(to)})`
  return { up: [rename(name, to)], down: [rename(to, name)] }
}

function isRenamed ({ before, after, shape }: SamePart): boolean {
  return shape.isNamed && before.name !== after.name
}
