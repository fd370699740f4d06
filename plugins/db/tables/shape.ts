/**
 * A table as `table()` asks for it, in SQL: its columns, and the parts that concern several of them.
 *
 * @module
 */

import { encodeDecimal } from '../../types/decimal.ts'
import type { Dialect } from './dialect.ts'
import { indexPart } from './index-shape.ts'
import { literal, nameOf, quoted, unqualified } from './names.ts'
import type { PartShape } from './part-shape.ts'
import { Raw, sqlOf } from './raw.ts'
import { columnsIn } from './sql-tokens.ts'
import { storedForm, textScale } from './decimal-form.ts'
import type { AnyTable, Column, Deferrable, ForeignAction, ForeignKey, Generated, UniqueOptions } from './table-types.ts'

export { literal, nameOf, quoted, quotedPath } from './names.ts'

export type Identity = 'identity' | 'identity always' | 'serial'

export interface ColumnShape {
  readonly name: string
  /** As the dialect writes it: `timestamptz`, `decimal(10, 2)`. */
  readonly type: string
  readonly collate: string | undefined
  readonly notNull: boolean
  /** In SQL. */
  readonly default: string | undefined
  /** Counted up by the database. */
  readonly identity: Identity | undefined
  readonly computed: { readonly as: string, readonly stored: boolean } | undefined
}

export interface TableShape {
  readonly name: string
  readonly columns: readonly ColumnShape[]
  readonly parts: readonly PartShape[]
  /** Of PostgreSQL, by their names. */
  readonly enums: ReadonlyMap<string, readonly string[]>
  /** Of SQLite, behind the parentheses. */
  readonly tail: string
}

const UUID = {
  postgres: 'gen_random_uuid()',
  sqlite: "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))"
}

function numberText (value: unknown): string {
  return typeof value === 'object' ? encodeDecimal(value as never) : String(value)
}

function defaultOf (column: Column, dialect: Dialect): string | undefined {
  const { kind, default: value, made } = column
  if (made === 'uuid') return UUID[dialect]
  if (value === undefined) return undefined
  if (value === null) return 'null'
  if (value instanceof Raw) return value[dialect]
  switch (kind) {
    case 'json': return literal(JSON.stringify(value))
    case 'array': return dialect === 'sqlite' ? literal(JSON.stringify(value)) : `'${arrayText(value as readonly unknown[]).replaceAll("'", "''")}'`
    case 'boolean': return String(value)
    case 'decimal': {
      const scale = dialect === 'sqlite' ? textScale(column) : undefined
      return scale === undefined ? numberText(value) : literal(String(storedForm(value, scale)))
    }
    case 'integer': case 'smallint': case 'bigint': case 'real': return numberText(value)
    // Milliseconds, as `Date` has them.
    case 'dateTime':
      if (value === 'now') return dialect === 'sqlite' ? "(strftime('%Y-%m-%dT%H:%M:%fZ','now'))" : "date_trunc('milliseconds', now())"
      return literal(value instanceof Date ? value.toISOString() : String(value))
    default: return literal(String(value))
  }
}

/** An array as PostgreSQL reads it. */
function arrayText (values: readonly unknown[]): string {
  return `{${values.map(value => typeof value === 'string' ? `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : String(value)).join(',')}}`
}

export function columnShape (name: string, column: Column, dialect: Dialect): ColumnShape {
  const { made, type, nullable, collate } = column
  return {
    name,
    type: type[dialect],
    collate: collate === undefined ? undefined : sqlOf(collate, dialect),
    notNull: !nullable,
    default: defaultOf(column, dialect),
    identity: identityOf(made),
    computed: typeof made === 'object' ? { as: sqlOf(made.as, dialect), stored: made.stored ?? true } : undefined
  }
}

function identityOf (made: Generated | undefined): Identity | undefined {
  return made === 'identity' || made === 'identity always' || made === 'serial' ? made : undefined
}

export function list (names: readonly string[]): string {
  return `(${names.map(quoted).join(', ')})`
}

function deferred (deferrable: Deferrable | undefined): string {
  if (deferrable === undefined || deferrable === false) return ''
  return deferrable === true ? ' deferrable' : ' deferrable initially deferred'
}

/** What PostgreSQL alone has. */
function onlyPostgres (dialect: Dialect, sql: string): string {
  return dialect === 'postgres' ? sql : ''
}

function includes (include: readonly string[] = []): string {
  return include.length === 0 ? '' : ` include ${list(include)}`
}

export function keyPart (table: string, kind: 'primary' | 'unique', options: UniqueOptions, dialect: Dialect): PartShape {
  const { columns, name, nullsNotDistinct = false, include, deferrable } = options
  const given = name ?? (kind === 'primary' ? nameOf(unqualified(table), [], 'pkey') : nameOf(unqualified(table), columns, 'key'))
  const sql = kind === 'primary' ? 'primary key' : `unique${nullsNotDistinct ? onlyPostgres(dialect, ' nulls not distinct') : ''}`
  return {
    kind,
    name: given,
    isNamed: name !== undefined,
    columns,
    sql: () => `${sql} ${list(columns)}${onlyPostgres(dialect, includes(include) + deferred(deferrable))}`,
    words: { name: given, [kind === 'primary' ? 'primaryKey' : 'unique']: options }
  }
}

export function foreignPart (table: string, options: ForeignKey): PartShape {
  const { name, columns, references, onDelete = 'no action', onUpdate = 'no action', deferrable, match } = options
  const given = name ?? nameOf(unqualified(table), columns, 'fkey')
  const action = (on: string, what: ForeignAction): string => what === 'no action' ? '' : ` on ${on} ${what}`
  return {
    kind: 'foreign',
    name: given,
    isNamed: name !== undefined,
    columns,
    target: references.table,
    sql: target => `foreign key ${list(columns)} references ${target(references.table)} ${list(references.columns)}` +
      `${match === undefined ? '' : ` match ${match}`}${action('delete', onDelete)}${action('update', onUpdate)}${deferred(deferrable)}`,
    words: { name: given, foreignKey: options }
  }
}

export function checkPart (name: string, expression: string, columns: readonly string[], isNamed = false): PartShape {
  return { kind: 'check', name, isNamed, columns: columnsIn(expression, columns), sql: () => `check (${expression})`, words: { name, check: expression } }
}

export function otherPart (name: string, definition: string, columns: readonly string[]): PartShape {
  const [first] = definition.trimStart().split(/[\s(]/, 1)
  const kind = ({ check: 'check', foreign: 'foreign' } as const)[String(first).toLowerCase()] ?? 'other'
  return { kind, name, isNamed: true, columns: columnsIn(definition, columns), sql: () => definition, words: { name, definition } }
}

/** What `table()` asks for. */
export function shapeOf ({ name, columns, options }: AnyTable, dialect: Dialect): TableShape {
  const all = Object.entries(columns)
  const natives = all.flatMap(([, { native, values }]) => native === undefined ? [] : [[native, values] as const])
  return {
    name,
    columns: all.map(([column, definition]) => columnShape(column, definition, dialect)),
    parts: [...partsOf({ name, columns, options }, dialect)],
    enums: new Map(dialect === 'postgres' ? natives : []),
    tail: dialect === 'postgres' ? '' : [...options.withoutRowid === true ? ['without rowid'] : [], ...options.strict === true ? ['strict'] : []].join(', ')
  }
}

function * partsOf ({ name, columns, options }: AnyTable, dialect: Dialect): Generator<PartShape> {
  const all = Object.entries(columns)
  const names = Object.keys(columns)
  const { primaryKey = all.flatMap(([column, { primaryKey }]) => primaryKey ? [column] : []), unique = [], indexes = [], foreignKeys = [], checks = {}, constraints = {} } = options
  const key = 'columns' in primaryKey ? primaryKey : { columns: primaryKey }
  if (key.columns.length > 0) yield keyPart(name, 'primary', key, dialect)
  for (const [column, { unique }] of all) if (unique) yield keyPart(name, 'unique', { columns: [column] }, dialect)
  for (const one of unique) yield keyPart(name, 'unique', 'columns' in one ? one : { columns: one }, dialect)
  for (const [column, { references }] of all) {
    if (references === undefined) continue
    const { table, column: target, ...rest } = references
    yield foreignPart(name, { columns: [column], references: { table, columns: [target] }, ...rest })
  }
  for (const one of foreignKeys) yield foreignPart(name, one)
  for (const [column, { values, native }] of all) {
    if (values.length === 0 || (native !== undefined && dialect === 'postgres')) continue
    yield checkPart(nameOf(unqualified(name), [column], 'check'), `${quoted(column)} in (${values.map(literal).join(', ')})`, names)
  }
  for (const [check, expression] of Object.entries(checks)) yield checkPart(nameOf(unqualified(name), [check], 'check'), sqlOf(expression, dialect), names)
  for (const [constraint, definition] of Object.entries(constraints)) yield otherPart(constraint, sqlOf(definition, dialect), names)
  for (const [column, { index, unique }] of all) if (index && !unique) yield indexPart(name, { on: [column] }, names, dialect)
  for (const index of indexes) yield indexPart(name, 'on' in index ? index : { on: index }, names, dialect)
}
