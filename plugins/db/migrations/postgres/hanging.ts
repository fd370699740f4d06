/**
 * What hangs on a column of PostgreSQL, in its table and in those that have it of that table: comments, statistics, grants,
 * storage. Another type, or a column of the same name in its place, gets it again.
 *
 * @module
 */

import type { Ask } from '../ask.ts'

/** The table, its partitions, and the tables that inherit from it, if it is not alone. `$1` is the table, `$2` the column. */
const treeOf = (isAlone: boolean): string => `
  recursive tree as (
    select $1::regclass::oid as relid ${isAlone ? '' : 'union select i.inhrelid from pg_inherits i join tree on i.inhparent = tree.relid'}
  ), columns as (
    select a.attrelid, a.attnum, a.attname, a.attstattarget, a.attstorage, coalesce(to_jsonb(a) ->> 'attcompression', '') as attcompression, a.attoptions, a.attacl, a.attgenerated, y.typstorage, a.attrelid = $1::regclass as own, a.attnotnull,
      pg_get_expr(d.adbin, d.adrelid) as value
    from tree join pg_attribute a on a.attrelid = tree.relid and a.attname = $2 and not a.attisdropped join pg_type y on y.oid = a.atttypid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  )`

const statement = (alter: string, ...values: readonly string[]): string => `format('alter table only %s alter column %I ${alter}', ${['c.attrelid::regclass', 'c.attname', ...values].join(', ')})`

/** Storage that is not that of the type, which another type takes. */
const STORAGE = `
  select ${statement('set storage %s', "case c.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end")} as statement from columns c where c.attstorage <> c.typstorage
  union all select ${statement('set compression %s', "case c.attcompression when 'l' then 'lz4' else 'pglz' end")} from columns c where c.attcompression <> ''`

/** Of its options only those that there are for tables. */
const ALONE = `
  select 1 as at, format('comment on column %s.%I is %L', c.attrelid::regclass, c.attname, col_description(c.attrelid, c.attnum)) as statement from columns c where col_description(c.attrelid, c.attnum) is not null
  union all select 2, ${statement('set statistics %s', 'c.attstattarget')} from columns c where c.attstattarget >= 0
  union all select 3, ${statement('set (%s)', 'option')} from columns c, unnest(c.attoptions) option where split_part(option, '=', 1) in ('n_distinct', 'n_distinct_inherited')
  union all select 4, format('grant %s (%I) on %s to %s%s', g.privilege_type, c.attname, c.attrelid::regclass, case g.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end,
    case when g.is_grantable then ' with grant option' else '' end) from columns c, aclexplode(c.attacl) g
  order by 1`

/** Statistics of several columns, with their targets; PostgreSQL keeps the statistics of a column of another type, and not the target. */
const STATISTICS = `
  select pg_get_statisticsobjdef(s.oid) as definition, s.stxname::text as name,
    case when s.stxstattarget >= 0 then format('alter statistics %I.%I set statistics %s', n.nspname, s.stxname, s.stxstattarget) end as target,
    case when s.stxowner <> r.relowner then format('alter statistics %I.%I owner to %I', n.nspname, s.stxname, pg_get_userbyid(s.stxowner)) end as owner,
    format('comment on statistics %I.%I is ', n.nspname, s.stxname) || quote_literal(obj_description(s.oid, 'pg_statistic_ext')) as said,
    s.stxrelid::regclass::text as table,
    (select json_agg(a.attname) from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where d.classid = 'pg_statistic_ext'::regclass and d.objid = s.oid and d.refclassid = 'pg_class'::regclass) as columns
  from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace join pg_class r on r.oid = s.stxrelid
  where exists (select from columns c join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = c.attrelid and d.refobjsubid = c.attnum
    where d.classid = 'pg_statistic_ext'::regclass and d.objid = s.oid) order by s.oid`

/** Targets of the statistics of expressions, of indexes that PostgreSQL makes anew under another type. */
const INDEX_TARGETS = `
  select distinct format('alter index %s alter column %s set statistics %s', x.attrelid::regclass, x.attnum, x.attstattarget) as statement
  from columns c join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = c.attrelid and d.refobjsubid = c.attnum and d.classid = 'pg_class'::regclass
    join pg_attribute x on x.attrelid = d.objid join pg_index i on i.indexrelid = d.objid where x.attstattarget >= 0`

/** Statistics of several columns of a table. */
export interface ColumnStatistics {
  readonly name: string
  /** In SQL. */
  readonly table: string
  readonly columns: readonly string[]
  readonly statements: readonly string[]
}

export interface ColumnHanging {
  readonly statements: readonly string[]
  readonly storage: readonly string[]
  readonly statistics: readonly ColumnStatistics[]
}

async function ofTree (ask: Ask, query: string, table: string, column: string, isAlone = false): Promise<ReturnType<Ask>> {
  return ask(`with ${treeOf(isAlone)} ${query}`, table, column)
}

async function statisticsOf (ask: Ask, table: string, column: string, isAlone: boolean): Promise<ColumnStatistics[]> {
  const rows = await ofTree(ask, STATISTICS, table, column, isAlone)
  return rows.map(row => ({
    name: String(row.name),
    table: String(row.table),
    columns: row.columns as string[],
    statements: [row.definition, row.target, row.owner, row.said].filter(sql => sql !== null).map(String)
  }))
}

async function statementsOf (ask: Ask, query: string, table: string, column: string, isAlone = false): Promise<string[]> {
  return (await ofTree(ask, query, table, column, isAlone)).map(({ statement }) => String(statement))
}

/**
 * @param table in SQL
 * @param isAlone without partitions, and tables that inherit
 */
export async function readColumn (ask: Ask, table: string, column: string, isAlone = false): Promise<ColumnHanging> {
  return { statements: await statementsOf(ask, ALONE, table, column, isAlone), storage: await statementsOf(ask, STORAGE, table, column, isAlone), statistics: await statisticsOf(ask, table, column, isAlone) }
}

/** What a column of another type has lost: its storage, and targets of statistics. */
export async function readRetyped (ask: Ask, table: string, column: string): Promise<Pick<ColumnHanging, 'statements' | 'storage'>> {
  const statistics = (await ofTree(ask, STATISTICS, table, column)).filter(({ target }) => target !== null).map(({ target }) => String(target))
  return { statements: [...statistics, ...await statementsOf(ask, INDEX_TARGETS, table, column)], storage: await statementsOf(ask, STORAGE, table, column) }
}

/** Whether values of the column may be stored elsewhere: storage and compression are theirs alone. */
export async function isStored (ask: Ask, table: string, column: string): Promise<boolean> {
  const [row] = await ask('select y.typstorage <> \'p\' as stored from pg_attribute a join pg_type y on y.oid = a.atttypid where a.attrelid = $1::regclass and a.attname = $2', table, column)
  return row?.stored === true
}

/** Defaults that partitions, and tables that inherit, have of their own, and those that may not be null there alone. */
const OWN = `
  select c.value is distinct from o.value as differs, c.value is not null as filled, ${statement('drop default')} as off, c.attnotnull <> o.attnotnull as full,
    case when c.value is null then ${statement('drop default')} else ${statement('set default %s', 'c.value')} end as default, ${statement('%s not null', "case when c.attnotnull then 'set' else 'drop' end")} as not_null
  from columns c join columns o on o.own where not c.own and c.attgenerated = ''`

export interface OwnDefaults {
  /** Those that are others than that of the table. */
  readonly defaults: readonly string[]
  /** All that there are, with what takes each off. */
  readonly all: readonly Reader[]
  readonly notNull: readonly string[]
}

export async function readOwn (ask: Ask, table: string, column: string): Promise<OwnDefaults> {
  const rows = await ofTree(ask, OWN, table, column)
  return {
    defaults: rows.filter(({ differs }) => differs === true).map(row => String(row.default)),
    all: rows.filter(({ filled }) => filled === true).map(row => ({ off: String(row.off), again: [String(row.default)] })),
    notNull: rows.filter(({ full }) => full === true).map(row => String(row.not_null))
  }
}

const ENABLED = (letter: string): string => `case ${letter} when 'D' then 'disable' when 'R' then 'enable replica' when 'A' then 'enable always' else 'enable' end`

/** Triggers of partitions are made with that of their parent: those that are on or off there alone, or have a comment. */
const TRIGGERS_OF_PARTITIONS = `
  with recursive copies as (
    select t.oid, t.tgenabled as whole from pg_trigger t where t.oid = $1
    union all select t.oid, copies.whole from pg_trigger t join copies on (to_jsonb(t) ->> 'tgparentid')::oid = copies.oid
  ) select statement from copies join pg_trigger t on t.oid = copies.oid and t.oid <> $1, lateral (
    select format('alter table only %s %s trigger %I', t.tgrelid::regclass, ${ENABLED('t.tgenabled')}, t.tgname) as statement where t.tgenabled <> copies.whole
    union all select format('comment on trigger %I on %s is %L', t.tgname, t.tgrelid::regclass, obj_description(t.oid, 'pg_trigger')) where obj_description(t.oid, 'pg_trigger') is not null) s`

/** Policies and triggers that read a column, in all tables that have it. PostgreSQL changes no type under them. */
const READERS = `
  select null::oid as trigger, format('alter policy %I on %s%s%s', p.polname, p.polrelid::regclass, case when p.polqual is not null then ' using (false)' end, case when p.polwithcheck is not null then ' with check (false)' end) as off,
    array[format('alter policy %I on %s', p.polname, p.polrelid::regclass) || coalesce(' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') || coalesce(' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')] as again
  from pg_policy p where exists (select from columns c join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = c.attrelid and d.refobjsubid = c.attnum
    where d.classid = 'pg_policy'::regclass and d.objid = p.oid)
  union all select t.oid, format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass), array_remove(array[pg_get_triggerdef(t.oid),
    case t.tgenabled when 'D' then format('alter table %s disable trigger %I', t.tgrelid::regclass, t.tgname) when 'R' then format('alter table %s enable replica trigger %I', t.tgrelid::regclass, t.tgname)
      when 'A' then format('alter table %s enable always trigger %I', t.tgrelid::regclass, t.tgname) end,
    format('comment on trigger %I on %s is ', t.tgname, t.tgrelid::regclass) || quote_literal(obj_description(t.oid, 'pg_trigger'))], null)
  from pg_trigger t where not t.tgisinternal and coalesce((to_jsonb(t) ->> 'tgparentid')::int8, 0) = 0
    and exists (select from columns c join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = c.attrelid and d.refobjsubid = c.attnum where d.classid = 'pg_trigger'::regclass and d.objid = t.oid)`

export interface Reader {
  /** Takes it off the column. */
  readonly off: string
  readonly again: readonly string[]
}

/** A policy stays, and lets nothing pass meanwhile. */
export async function readReaders (ask: Ask, table: string, column: string): Promise<Reader[]> {
  const readers: Reader[] = []
  for (const { trigger, off, again } of await ofTree(ask, READERS, table, column)) {
    const own = trigger === null ? [] : await ask(TRIGGERS_OF_PARTITIONS, trigger)
    readers.push({ off: String(off), again: [...again as string[], ...own.map(({ statement }) => String(statement))] })
  }
  return readers
}
