/**
 * Other labels of an enum of PostgreSQL: added in place, renamed, or by another type in its place.
 *
 * @module
 */

import { APIKIT_ERR_MIGRATION } from '../../errors.ts'
import { literal, quoted, quotedPath } from '../../tables/names.ts'
import { isWord, tokensOf } from '../../tables/sql-tokens.ts'
import type { Ask } from '../ask.ts'
import { type PartHanging, putBack, putBackPart, readPart } from './attached.ts'
import { keepingRetyped } from './kept.ts'

export interface AlterEnumOptions {
  /** Makes the type anew where labels are only added, too: so that they can be used in the same transaction. */
  readonly replace?: boolean
}

/** The type, and that of its arrays. */
const TYPES = 'select unnest(array[t.oid, t.typarray]) from pg_type t where t.oid = $1::regtype'

/** Columns that have it, by what PostgreSQL keeps of dependencies: that has an index. Those of partitions and of tables that inherit follow. */
const COLUMNS = `
  select a.attrelid, a.attnum from pg_depend d join pg_class c on c.oid = d.objid join pg_attribute a on a.attrelid = d.objid and a.attnum = d.objsubid
  where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_type'::regclass and d.refobjid in (${TYPES}) and c.relkind in ('r', 'p') and not a.attisdropped`

/** What depends on it. */
const uses = (classes: string): string => `
  select d.objid from pg_depend d where d.classid = '${classes}'::regclass and d.refclassid = 'pg_type'::regclass and d.refobjid in (${TYPES})
  union
  select d.objid from (${COLUMNS}) u join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = u.attrelid and d.refobjsubid = u.attnum
  where d.classid = '${classes}'::regclass`

const TYPED = `
  select c.oid::regclass::text as table, a.attname::text as name, a.atttypid <> $1::regtype as list
  from pg_attribute a join pg_class c on c.oid = a.attrelid where (a.attrelid, a.attnum) in (${COLUMNS}) and a.attinhcount = 0 order by c.oid, a.attnum`

const DEFAULTS = `
  select d.adrelid::regclass::text as table, a.attname::text as name, pg_get_expr(d.adbin, d.adrelid) as value
  from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  where a.attgenerated = '' and (d.oid in (${uses('pg_attrdef')}) or (d.adrelid, d.adnum) in (${COLUMNS})) order by d.oid`

const CONSTRAINTS = `
  select k.conrelid::regclass::text as table, k.conname::text as name, pg_get_constraintdef(k.oid) as definition
  from pg_constraint k where k.contype in ('c', 'x', 'f') and k.conrelid <> 0 and k.conparentid = 0 and k.conislocal and k.oid in (${uses('pg_constraint')})
  order by k.contype = 'f', k.oid`

const INDEXES = `
  select c.oid::regclass::text as index, i.indrelid::regclass::text as table, c.relname::text as name, pg_get_indexdef(c.oid) as definition from pg_index i join pg_class c on c.oid = i.indexrelid
  where (i.indpred is not null or i.indexprs is not null) and not c.relispartition and c.oid in (${uses('pg_class')})
    and not exists (select from pg_constraint k where k.conindid = c.oid) order by c.oid`

/** What the type itself has: its owner, who may use it, and its comment. */
const HANGING = `
  select unnest(array_remove(array[case when pg_get_userbyid(t.typowner) <> current_user then format('alter type %s owner to %I', t.oid::regtype, pg_get_userbyid(t.typowner)) end]
    || case when t.typacl is not null then array[format('revoke all on type %s from public, %I', t.oid::regtype, pg_get_userbyid(t.typowner))] end
    || array(select format('grant usage on type %s to %s%s', t.oid::regtype, case g.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end, case when g.is_grantable and g.grantee <> t.typowner then ' with grant option' else '' end) from aclexplode(t.typacl) g)
    || (format('comment on type %s is ', t.oid::regtype) || quote_literal(obj_description(t.oid, 'pg_type'))), null)) as statement
  from pg_type t where t.oid = $1::regtype`

/** What hangs on an enum, as statements. */
export async function enumStatements (ask: Ask, type: string): Promise<string[]> {
  return (await ask(HANGING, type)).map(({ statement }) => String(statement))
}

/** What PostgreSQL would refuse, or keep on the old type. */
const BLOCKERS = `
  select distinct pg_describe_object(d.class, d.object, 0) as what from (
    select 'pg_class'::regclass::oid as class, w.ev_class as object from pg_rewrite w where w.oid in (${uses('pg_rewrite')})
    union all select 'pg_class'::regclass, c.oid from pg_class c where c.relkind in ('v', 'm', 'c', 'f') and c.oid in (${uses('pg_class')})
    union all select 'pg_trigger'::regclass, g.oid from pg_trigger g where not g.tgisinternal and g.oid in (${uses('pg_trigger')})
    union all select 'pg_proc'::regclass, p.objid from (${uses('pg_proc')}) p
    union all select 'pg_policy'::regclass, p.objid from (${uses('pg_policy')}) p
    union all select 'pg_type'::regclass, y.oid from pg_type y where y.typtype in ('d', 'r') and y.oid in (${uses('pg_type')})
  ) d
  union select 'generated column ' || a.attname || ' of table ' || a.attrelid::regclass
  from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where a.attgenerated <> '' and d.oid in (${uses('pg_attrdef')})
  order by 1`

/** Labels in one line each: a comma may be in one. */
function isSame (a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Whether further labels are all that is new. */
export function isExtended (old: readonly string[], labels: readonly string[]): boolean {
  return isSame(labels.filter(label => old.includes(label)), old)
}

/** Gives an enum other labels: further ones are added, else another type takes its place, and the columns get it. */
export async function alterEnum (ask: Ask, name: string, labels: readonly string[], { replace = false }: AlterEnumOptions): Promise<void> {
  const type = quotedPath(name)
  const rows = await ask('select e.enumlabel::text as label from pg_enum e where e.enumtypid = $1::regtype order by e.enumsortorder', type)
  const old = rows.map(({ label }) => String(label))
  if (replace || !isExtended(old, labels)) return replaceEnum(ask, name, labels, old.filter(label => !labels.includes(label)))
  const [first] = old
  for (const [at, label] of labels.entries()) {
    const place = at > 0 ? ` after ${literal(labels[at - 1] as string)}` : first === undefined ? '' : ` before ${literal(first)}`
    if (!old.includes(label)) await ask(`alter type ${type} add value ${literal(label)}${place}`)
  }
}

/** Gives a label another name: rows, defaults and conditions follow. */
export async function renameEnumLabel (ask: Ask, name: string, from: string, to: string): Promise<void> {
  await ask(`alter type ${quotedPath(name)} rename value ${literal(from)} to ${literal(to)}`)
}

async function replaceEnum (ask: Ask, name: string, labels: readonly string[], gone: readonly string[]): Promise<void> {
  const type = quotedPath(name)
  const blockers = (await ask(BLOCKERS, type)).map(({ what }) => String(what))
  if (blockers.length > 0) throw new APIKIT_ERR_MIGRATION(`the type ${name} cannot be replaced while it is used by: ${blockers.join('; ')}. Drop them before alterEnum(), and create them again after it`)
  const columns = await ask(TYPED, type)
  await refuseHeld(ask, columns, gone)
  const [defaults, constraints, indexes] = [await ask(DEFAULTS, type), await ask(CONSTRAINTS, type), await ask(INDEXES, type)]
  const hanging = await enumStatements(ask, type)
  const parts: Array<{ readonly table: string, readonly name: string, readonly hung: PartHanging }> = []
  for (const { table, name } of [...indexes, ...constraints]) parts.push({ table: String(table), name: String(name), hung: await readPart(ask, String(table), String(name)) })
  for (const { table, name } of constraints.toReversed()) await ask(`alter table ${String(table)} drop constraint ${quoted(String(name))}`)
  for (const { index } of indexes) await ask(`drop index ${String(index)}`)
  for (const { table, name } of defaults) await ask(`alter table only ${String(table)} alter column ${quoted(String(name))} drop default`)
  const was = `${name.slice(name.lastIndexOf('.') + 1)}__old`
  await ask(`alter type ${type} rename to ${quoted(was)}`)
  await ask(`create type ${type} as enum (${labels.map(literal).join(', ')})`)
  for (const { table, name, list } of columns) {
    const [own, dimensions] = [quoted(String(name)), list === true ? '[]' : '']
    await keepingRetyped(ask, String(table), String(name), async () => { await ask(`alter table ${String(table)} alter column ${own} type ${type}${dimensions} using ${own}::text${dimensions}::${type}${dimensions}`) })
  }
  await ask(`drop type ${quotedPath(name.includes('.') ? `${name.slice(0, name.lastIndexOf('.'))}.${was}` : was)}`)
  // In their own words, which now mean the new type.
  for (const { table, name, value } of defaults) await again(ask, `the default ${String(value)} of ${String(table)}.${String(name)}`, `alter table only ${String(table)} alter column ${quoted(String(name))} set default ${String(value)}`)
  for (const { index, definition } of indexes) await again(ask, `the index ${String(index)}`, withPartitions(String(definition)))
  for (const { table, name, definition } of constraints) await again(ask, `the constraint ${String(name)} of ${String(table)}`, `alter table ${String(table)} add constraint ${quoted(String(name))} ${String(definition)}`)
  for (const { table, name, hung } of parts) await putBackPart(ask, table, name, hung)
  for (const sql of hanging) await putBack(ask, sql)
}

/** The definition of an index of a partitioned table says `ONLY`: that is one without those of partitions. */
function withPartitions (definition: string): string {
  const tokens = tokensOf(definition)
  const only = tokens.find((token, at) => isWord(token, 'only') && isWord(tokens[at - 1], 'on'))
  return only === undefined ? definition : definition.slice(0, only.start) + definition.slice(only.end)
}

async function again (ask: Ask, what: string, sql: string): Promise<void> {
  try {
    await ask(sql)
  } catch (error) {
    throw Object.assign(new APIKIT_ERR_MIGRATION(`${what} cannot be kept: ${String(Object(Object(error).cause ?? error).message)}. Change it before alterEnum()`), { cause: error })
  }
}

/** Rows with labels that are to go. */
async function refuseHeld (ask: Ask, columns: ReadonlyArray<Readonly<Record<string, unknown>>>, gone: readonly string[]): Promise<void> {
  const held: string[] = []
  for (const { table, name, list } of columns) {
    const own = quoted(String(name))
    for (const label of gone) {
      const [row] = await ask(`select count(*) as rows from ${String(table)} where ${list === true ? `$1 = any (${own}::text[])` : `${own}::text = $1`}`, label)
      if (Number(row?.rows) > 0) held.push(`${String(table)}.${String(name)} holds ${literal(label)} in ${Number(row?.rows).toLocaleString('en')} rows`)
    }
  }
  if (held.length > 0) throw new APIKIT_ERR_MIGRATION(`${held.join('; ')}: the new labels do not have it. Change these rows first, or use renameEnumLabel()`)
}
