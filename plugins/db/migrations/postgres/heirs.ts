/**
 * Constraints and indexes that partitions, and tables that inherit, have of their own, on a column that they have of their parent:
 * where that loses it, they go without a word.
 *
 * @module
 */

import { literal } from '../../tables/names.ts'
import type { Ask } from '../ask.ts'
import { partStatements, readPart } from './attached.ts'

/** A constraint or an index of one of these tables. */
export interface HeirPart {
  /** For a comment. */
  readonly what: string
  readonly isCheck: boolean
  /** Of the table. */
  readonly columns: readonly string[]
  /** What makes it again, with all that hangs on it. */
  readonly statements: readonly string[]
  /** The same, where it may be there. */
  readonly ifGone: readonly string[]
}

// `$1` is the table, `$2` the column, `$3` tables that take care of themselves. A column that is the table's own, too, stays.
// The definition of an index of a partitioned table says ONLY, behind a beginning that is known.
const PARTS = `
  with recursive tree as (
    select $1::regclass::oid as relid
    union select i.inhrelid from pg_inherits i join tree on i.inhparent = tree.relid join pg_attribute a on a.attrelid = i.inhrelid and a.attname = $2 and not a.attislocal and a.attinhcount = 1
  ), columns as (
    select a.attrelid, a.attnum from tree join pg_attribute a on a.attrelid = tree.relid and a.attname = $2 where tree.relid <> $1::regclass and not tree.relid = any ($3::regclass[])
  )
  select distinct o.attrelid::regclass::text as table, s.*,
    array(select distinct a.attname::text from pg_depend u join pg_attribute a on a.attrelid = u.refobjid and a.attnum = u.refobjsubid where u.classid = d.classid and u.objid = d.objid and u.refobjid = o.attrelid and u.refclassid = 'pg_class'::regclass) as columns
  from columns o join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = o.attrelid and d.refobjsubid = o.attnum, lateral (
    select 'constraint' as kind, k.contype = 'c' as checked, k.conname::text as name, format('exists (select from pg_constraint where conrelid = %L::regclass and conname = %L)', k.conrelid::regclass, k.conname) as found, format('alter table %s add constraint %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) as statement
      from pg_constraint k where d.classid = 'pg_constraint'::regclass and k.oid = d.objid and k.conrelid = o.attrelid and k.contype <> 'n' and k.conislocal and k.coninhcount = 0 and k.conparentid = 0
    union all select 'index', false, c.relname::text, format('to_regclass(%L) is not null', c.oid::regclass), case c.relkind when 'i' then pg_get_indexdef(c.oid) else b.start || substr(pg_get_indexdef(c.oid), length(b.start || 'ONLY ') + 1) end
      from pg_class c join pg_index i on i.indexrelid = c.oid, format('CREATE %sINDEX %I ON ', case when i.indisunique then 'UNIQUE ' else '' end, c.relname) b (start)
      where d.classid = 'pg_class'::regclass and c.oid = d.objid and not exists (select from pg_inherits h where h.inhrelid = c.oid)
        and not exists (select from pg_depend k where k.classid = 'pg_class'::regclass and k.objid = c.oid and k.refclassid = 'pg_constraint'::regclass and k.deptype = 'i')
  ) s order by s.kind, 1, s.name`

/**
 * @param table in SQL
 * @param others tables whose own steps make theirs again, in SQL
 */
export async function heirParts (ask: Ask, table: string, column: string, others: readonly string[]): Promise<HeirPart[]> {
  const parts: HeirPart[] = []
  for (const { table: on, kind, name, statement, checked, columns, found } of await ask(PARTS, table, column, others)) {
    const hanging = partStatements(await readPart(ask, String(on), String(name)))
    parts.push({
      what: `${String(kind)} ${String(name)} of ${String(on)}`,
      isCheck: checked === true,
      columns: columns as string[],
      statements: [String(statement), ...hanging],
      ifGone: [`do ${literal(`begin if not (${String(found)}) then ${String(statement)}; end if; end`)}`, ...hanging]
    })
  }
  return parts
}
