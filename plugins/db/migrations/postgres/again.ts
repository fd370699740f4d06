/**
 * What hangs on tables, columns and sequences of PostgreSQL that a migration drops for good, as statements: its `down` runs them
 * once it has made them again.
 *
 * @module
 */

import type { Ask } from '../ask.ts'
import { code } from '../code.ts'
import { partStatements, readPart } from './attached.ts'
import { sequenceStatements } from './counting.ts'
import { readColumn } from './hanging.ts'

async function textsOf (ask: Ask, query: string, ...parameters: readonly unknown[]): Promise<string[]> {
  return (await ask(query, ...parameters)).map(({ statement }) => String(statement))
}

/** @param table in SQL */
export async function columnAgain (ask: Ask, table: string, column: string, isAlone = false): Promise<string[]> {
  const { storage, statements, statistics } = await readColumn(ask, table, column, isAlone)
  return [...storage, ...statements, ...statistics.flatMap(({ statements }) => statements)]
}

export async function partAgain (ask: Ask, table: string, name: string): Promise<string[]> {
  return partStatements(await readPart(ask, table, name))
}

/** Of the table itself: `$1`. */
const TABLE = `
  select s.statement from pg_class c, lateral (
    select 1 as at, format('alter table %s owner to %I', c.oid::regclass, pg_get_userbyid(c.relowner)) as statement where pg_get_userbyid(c.relowner) <> current_user
    union all select 2, format('alter table %s set unlogged', c.oid::regclass) where c.relpersistence = 'u'
    union all select 3, format('alter table %s set (%s)', c.oid::regclass, array_to_string(c.reloptions, ', ')) where c.reloptions is not null
    union all select 4, format('alter table %s set tablespace %I', c.oid::regclass, s.spcname) from pg_tablespace s where s.oid = c.reltablespace
    union all select 5, format('alter table %s replica identity %s', c.oid::regclass, case c.relreplident when 'f' then 'full' else 'nothing' end) where c.relreplident in ('f', 'n')
    union all select 6, format('comment on table %s is %L', c.oid::regclass, obj_description(c.oid, 'pg_class')) where obj_description(c.oid, 'pg_class') is not null
    union all select 7, format('revoke all on table %s from %I', c.oid::regclass, pg_get_userbyid(c.relowner)) where c.relacl is not null
    union all select distinct 7, format('revoke all on table %s from %s', c.oid::regclass, case g.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end)
      from pg_default_acl d, aclexplode(d.defaclacl) g where d.defaclobjtype = 'r' and d.defaclnamespace in (0, c.relnamespace) and g.grantee <> c.relowner
    union all select 8, format('grant %s on table %s to %s%s', g.privilege_type, c.oid::regclass, case g.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end,
      case when g.is_grantable and g.grantee <> c.relowner then ' with grant option' else '' end) from aclexplode(c.relacl) g
    union all select 9, pg_get_triggerdef(t.oid) from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal
    union all select 10, format('alter table %s %s trigger %I', c.oid::regclass, case t.tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, t.tgname)
      from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal and t.tgenabled <> 'O'
    union all select 11, format('comment on trigger %I on %s is %L', t.tgname, c.oid::regclass, obj_description(t.oid, 'pg_trigger')) from pg_trigger t
      where t.tgrelid = c.oid and not t.tgisinternal and obj_description(t.oid, 'pg_trigger') is not null
    union all select 12, rtrim(pg_get_ruledef(w.oid), ';') from pg_rewrite w where w.ev_class = c.oid
    union all select 13, format('create policy %I on %s as %s for %s to %s', p.polname, c.oid::regclass, case when p.polpermissive then 'permissive' else 'restrictive' end,
        case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
        (select string_agg(case r when 0 then 'public' else quote_ident(pg_get_userbyid(r)) end, ', ') from unnest(p.polroles) r))
      || coalesce(' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') || coalesce(' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') from pg_policy p where p.polrelid = c.oid
    union all select 14, format('comment on policy %I on %s is %L', p.polname, c.oid::regclass, obj_description(p.oid, 'pg_policy')) from pg_policy p where p.polrelid = c.oid and obj_description(p.oid, 'pg_policy') is not null
    union all select 15, format('alter table %s enable row level security', c.oid::regclass) where c.relrowsecurity
    union all select 16, format('alter table %s force row level security', c.oid::regclass) where c.relforcerowsecurity
    union all select 17, format('alter publication %I add table only %s', b.pubname, c.oid::regclass)
      || case when to_jsonb(r) ->> 'prattrs' is null then '' else ' (' || (select string_agg(quote_ident(name), ', ') from jsonb_array_elements_text(to_jsonb(v) -> 'attnames') name) || ')' end || coalesce(' where ' || (to_jsonb(v) ->> 'rowfilter'), '')
      from pg_publication_rel r join pg_publication b on b.oid = r.prpubid join pg_namespace n on n.oid = c.relnamespace
        join pg_publication_tables v on v.pubname = b.pubname and v.schemaname = n.nspname and v.tablename = c.relname where r.prrelid = c.oid
  ) s where c.oid = $1::regclass order by s.at, s.statement`

/** All that hangs on a table, its columns, its constraints and indexes: partitions do not come back. */
export async function tableAgain (ask: Ask, table: string): Promise<string[]> {
  const columns = (await ask('select attname::text as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum', table)).map(({ name }) => String(name))
  const parts = await ask(`
    select conname::text as name from pg_constraint where conrelid = $1::regclass and contype <> 'n' union
    select c.relname::text from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = $1::regclass order by 1`, table)
  const all: string[] = []
  for (const column of columns) all.push(...await sequenceStatements(ask, table, column, true), ...await columnAgain(ask, table, column, true))
  for (const { name } of parts) all.push(...partStatements((await readPart(ask, table, String(name))).filter(({ isOwn }) => isOwn)))
  // Grants of columns go with those of the table.
  return [...new Set([...await textsOf(ask, TABLE, table), ...all])]
}

/** What reads a column, or a table: PostgreSQL does not drop it then, nor change its type. */
const READERS = `
  select distinct coalesce(case when w.ev_class = $1::regclass then 'rule ' || w.rulename else 'view ' || w.ev_class::regclass end, 'policy ' || p.polname || ' of ' || p.polrelid::regclass, 'trigger ' || t.tgname || ' of ' || t.tgrelid::regclass, 'function ' || f.oid::regprocedure) as what, p.oid is not null or t.oid is not null as movable
  from pg_depend d left join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid left join pg_policy p on d.classid = 'pg_policy'::regclass and p.oid = d.objid
    left join pg_trigger t on d.classid = 'pg_trigger'::regclass and t.oid = d.objid and not t.tgisinternal left join pg_proc f on d.classid = 'pg_proc'::regclass and f.oid = d.objid
  where d.refclassid = 'pg_class'::regclass and d.refobjid = $1::regclass and d.refobjsubid = (select attnum from pg_attribute where attrelid = $1::regclass and attname = $2)
    and coalesce(w.oid, p.oid, t.oid, f.oid) is not null order by 1`

/** @returns those that a migration does not take off and puts back when only the type changes */
export async function readersOf (ask: Ask, table: string, column: string, isRetyped: boolean): Promise<string[]> {
  return (await ask(READERS, table, column)).filter(({ movable }) => !(isRetyped && movable === true)).map(({ what }) => String(what))
}

/** What keeps PostgreSQL from dropping a table: views, functions, tables that inherit from it, and foreign keys of others. */
const KEEPERS = `
  select 'view ' || w.ev_class::regclass as what from pg_depend d join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid where d.refclassid = 'pg_class'::regclass and d.refobjid = $1::regclass and w.ev_class <> $1::regclass
  union select 'table ' || i.inhrelid::regclass || ', which inherits from it' from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = $1::regclass and not c.relispartition and not i.inhrelid = any ($2::regclass[])
  union select 'foreign key ' || k.conname || ' of ' || k.conrelid::regclass from pg_constraint k where k.confrelid = $1::regclass and k.contype = 'f' and k.conparentid = 0 and not k.conrelid = any ($2::regclass[])
  order by 1`

/** @param ours tables that the migration drops, too, or of which it takes foreign keys off, in SQL */
export async function keepersOf (ask: Ask, table: string, ours: readonly string[]): Promise<string[]> {
  return (await ask(KEEPERS, table, ours)).map(({ what }) => String(what))
}

/** As a line of a migration. */
export function againCode (sql: string): string {
  return `await schema.sql(${code({ postgres: sql })})`
}
