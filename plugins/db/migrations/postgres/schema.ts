/**
 * Changes of a column of PostgreSQL, each attribute by itself.
 *
 * @module
 */

import { type ColumnShape, columnShape, literal, quoted, quotedPath } from '../../tables/shape.ts'
import type { Column } from '../../tables/table-types.ts'
import type { Ask } from '../ask.ts'
import type { Attribute } from '../match.ts'
import { count, dropCounting, goOn } from './counting.ts'
import { keepingOwn, keepingRetyped } from './kept.ts'

/** Changes what differs of a column, and nothing else: under a view, a default can be changed, and a type cannot. */
export async function alterColumn (ask: Ask, tableName: string, name: string, column: Column, only: readonly Attribute[], using: string | undefined): Promise<void> {
  const shape = columnShape(name, column, 'postgres')
  const table = quotedPath(tableName)
  const alter = `alter table ${table} alter column ${quoted(name)}`
  const isTyped = only.includes('type') || only.includes('collate')
  const isCounted = only.includes('identity')
  const kept = isCounted && shape.identity !== undefined ? 'all' : isTyped || isCounted || only.includes('default') ? 'others' : 'nothing'
  await keepingOwn(ask, table, name, kept, async () => {
    const counter = isCounted ? await dropCounting(ask, tableName, name) : undefined
    if (isTyped) await keepingRetyped(ask, table, name, () => retype(ask, tableName, shape, using))
    if (isCounted && shape.identity !== undefined) await ask(`${alter} drop default`)
    else if (only.includes('default') || ((isTyped || isCounted) && shape.default !== undefined)) await ask(`${alter} ${shape.default === undefined ? 'drop default' : `set default ${shape.default}`}`)
    if (only.includes('null')) {
      if (shape.notNull && shape.default !== undefined) await ask(`update ${table} set ${quoted(name)} = default where ${quoted(name)} is null`)
      await ask(`${alter} ${shape.notNull ? 'set' : 'drop'} not null`)
    }
    if (isCounted && shape.identity !== undefined) await count(ask, tableName, shape, counter)
    else if (counter !== undefined) await goOn(ask, tableName, name, counter)
  })
}

async function retype (ask: Ask, tableName: string, { name, type, collate }: ColumnShape, using: string | undefined): Promise<void> {
  const alter = `alter table ${quotedPath(tableName)} alter column ${quoted(name)}`
  const { isIdentity, isAssigned } = await typeOf(ask, tableName, name, type)
  const serial = isIdentity ? undefined : await sequenceOf(ask, tableName, name)
  // The old default need not fit the new type. What counts goes on counting.
  if (!isIdentity && serial === undefined) await ask(`${alter} drop default`)
  // A cast of our own cuts values that are too long, which PostgreSQL refuses.
  const cast = using ?? (isAssigned ? undefined : `${quoted(name)}::${type}`)
  await ask(`${alter} type ${type}${collate === undefined ? '' : ` collate ${collate}`}${cast === undefined ? '' : ` using ${cast}`}`)
  if (serial !== undefined && INTEGERS.has(type)) await ask(`alter sequence ${serial} as ${type}`)
}

const INTEGERS = new Set(['smallint', 'integer', 'bigint'])

/** Whether a column is an identity, and whether PostgreSQL itself turns its values into those of another type when they are stored. */
async function typeOf (ask: Ask, table: string, column: string, type: string): Promise<{ readonly isIdentity: boolean, readonly isAssigned: boolean }> {
  const [row] = await ask(`
    select a.attidentity <> '' as identity, coalesce(s.oid = t.oid or t.typcategory = 'S' or exists (
      select 1 from pg_cast where castsource = s.oid and casttarget = t.oid and castcontext in ('a', 'i')), false) as assigned
    from pg_attribute a join pg_type s on s.oid = a.atttypid left join pg_type t on t.oid = to_regtype(${literal(type)})
    where a.attrelid = ${literal(quotedPath(table))}::regclass and a.attname = ${literal(column)}`)
  return { isIdentity: row?.identity === true, isAssigned: row?.assigned === true }
}

/** Where counting is kept; `text` is `regclass`, quoted where it must be. */
async function sequenceOf (ask: Ask, table: string, column: string): Promise<string | undefined> {
  const [row] = await ask(`select pg_get_serial_sequence(${literal(quotedPath(table))}, ${literal(column)}) as sequence`)
  return row?.sequence === null ? undefined : String(row?.sequence)
}

/** Checks the rows of a constraint. Where some do not fit, it stays as it is: one statement, which needs no savepoint. */
export async function validate (ask: Ask, table: string, constraint: string): Promise<void> {
  const body = `begin alter table ${quotedPath(table)} validate constraint ${quoted(constraint)}; exception when integrity_constraint_violation then null; end`
  await ask(`do ${literal(body)}`)
}

/** An index in SQL: behind its schema, or one whose own name has a dot. */
export async function indexPath (ask: Ask, name: string): Promise<string> {
  const at = name.indexOf('.')
  if (at < 0) return quoted(name)
  const behind = `${quoted(name.slice(0, at))}.${quoted(name.slice(at + 1))}`
  const [row] = await ask('select to_regclass($1) is null and to_regclass($2) is not null as whole', behind, quoted(name))
  return row?.whole === true ? quoted(name) : behind
}
