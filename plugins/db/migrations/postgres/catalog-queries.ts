/**
 * What is asked of PostgreSQL's catalog. Only `pg_catalog` is read, which every role may. What is visible by the
 * `search_path` is printed without its schema.
 *
 * @module
 * @see https://www.postgresql.org/docs/current/catalogs.html
 */

// Temporary tables stand for those of other schemas, by their whole names.
/** Partitions follow their parent, and what an extension owns is its own. */
export const TABLES = `
  select c.oid::int8 as oid, case when c.relnamespace = pg_my_temp_schema() or n.nspname = current_schema() then c.relname::text else n.nspname || '.' || c.relname end as name,
    c.relnamespace <> pg_my_temp_schema() and c.relname || n.nspname like '%.%' as dotted, quote_ident(n.nspname) || '.' || quote_ident(c.relname) as path, c.relkind = 'p' as partitioned, pg_get_partkeydef(c.oid) as partition_key, c.relpersistence = 'u' as unlogged, c.relrowsecurity as row_security,
    array_to_string(c.reloptions, ', ') as options
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relnamespace = any ($1::oid[]) and c.relkind in ('r', 'p') and not c.relispartition
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e') order by c.oid`

/** The tables that were found, with their names. */
const RELATIONS = 'unnest($1::oid[], $2::text[]) as r (oid, name)'

// serial: a sequence that belongs to the column (deptype a; that of identity is i) and that its default asks. Indexes depend on columns in the same way.
export const COLUMNS = `
  select r.name as table, a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type,
    case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end as collate, a.attnotnull as not_null,
    a.attidentity::text as identity, a.attgenerated::text as computed, pg_get_expr(d.adbin, d.adrelid, true) as value,
    exists (
      select from pg_depend o join pg_class s on s.oid = o.objid and s.relkind = 'S'
        join pg_depend u on u.classid = 'pg_attrdef'::regclass and u.objid = d.oid and u.refclassid = 'pg_class'::regclass and u.refobjid = s.oid
      where o.refclassid = 'pg_class'::regclass and o.refobjid = a.attrelid and o.refobjsubid = a.attnum and o.classid = 'pg_class'::regclass and o.deptype = 'a') as serial,
    (select coalesce(json_agg(o.attname), '[]') from pg_depend u join pg_attribute o on o.attrelid = u.refobjid and o.attnum = u.refobjsubid
      where u.classid = 'pg_attrdef'::regclass and u.objid = d.oid and u.refclassid = 'pg_class'::regclass and u.refobjid = a.attrelid and o.attnum <> a.attnum) as computed_of
  from ${RELATIONS} join pg_attribute a on a.attrelid = r.oid join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped order by a.attrelid, a.attnum`

const names = (table: string, numbers: string): string => `
  (select coalesce(json_agg(a.attname order by part.at), '[]') from unnest(${numbers}) with ordinality as part(number, at)
    join pg_attribute a on a.attrelid = ${table} and a.attnum = part.number)`

const action = (letter: string): string => `
  case ${letter} when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default' else 'no action' end`

// Not 'n': since PostgreSQL 18 each NOT NULL has a row here. conparentid: those of partitions.
export const CONSTRAINTS = `
  select r.name as table, k.conname::text as name, k.contype::text as type, ${names('k.conrelid', 'k.conkey')} as columns, pg_get_constraintdef(k.oid, true) as definition,
    k.condeferrable as deferrable, k.condeferred as deferred, k.confmatchtype::text as match, k.convalidated as valid, to_jsonb(k) ->> 'confdelsetcols' is not null as partial,
    (select case when n.nspname = current_schema() or c.relnamespace = pg_my_temp_schema() then c.relname::text else n.nspname || '.' || c.relname end
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = k.confrelid) as target,
    (select c.relnamespace <> pg_my_temp_schema() and n.nspname || c.relname like '%.%' from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = k.confrelid) as dotted,
    ${names('k.confrelid', 'k.confkey')} as targets, ${action('k.confdeltype')} as on_delete, ${action('k.confupdtype')} as on_update,
    coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) as nulls_same,
    (select coalesce(json_agg(a.attname order by part.at), '[]') from unnest(i.indkey::int2[]) with ordinality as part(number, at)
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = part.number where part.at > i.indnkeyatts) as include
  from ${RELATIONS} join pg_constraint k on k.conrelid = r.oid left join pg_index i on i.indexrelid = k.conindid and k.contype in ('p', 'u')
  where k.contype in ('p', 'u', 'f', 'c', 'x') and k.conparentid = 0 and k.conislocal order by k.conrelid, k.oid`

export const INDEXES = `
  select r.name as table, c.relname::text as name, i.indisunique as unique, m.amname::text as using, i.indisvalid as valid, c.reloptions as options,
    coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) as nulls_same, pg_get_expr(i.indpred, i.indrelid, true) as predicate,
    (select json_agg(json_build_object(
        'column', a.attname, 'definition', pg_get_indexdef(i.indexrelid, part.at::int, true), 'option', case when part.at <= i.indnkeyatts then i.indoption[part.at - 1] end,
        'opclass', case when part.at <= i.indnkeyatts and not o.opcdefault then case when pg_opclass_is_visible(o.oid) then quote_ident(o.opcname) else quote_ident(s.nspname) || '.' || quote_ident(o.opcname) end end,
        'collate', case when part.at <= i.indnkeyatts and i.indcollation[part.at - 1] <> 0 and i.indcollation[part.at - 1] is distinct from coalesce(a.attcollation, (select y.typcollation from pg_type y where y.oid = e.atttypid))
          then i.indcollation[part.at - 1]::regcollation::text end,
        'include', part.at > i.indnkeyatts) order by part.at)
      from unnest(i.indkey::int2[]) with ordinality as part(number, at)
        left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = part.number and part.number <> 0
        left join pg_attribute e on e.attrelid = i.indexrelid and e.attnum = part.at
        left join pg_opclass o on o.oid = i.indclass[part.at - 1] left join pg_namespace s on s.oid = o.opcnamespace) as keys,
    (select coalesce(json_agg(distinct a.attname), '[]') from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refclassid = 'pg_class'::regclass and d.refobjid = i.indrelid) as columns
  from ${RELATIONS} join pg_index i on i.indrelid = r.oid join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
  where not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_constraint'::regclass and d.deptype = 'i') order by c.oid`

export const ALONE = `
  select r.name as table, 'trigger ' || t.tgname as what from ${RELATIONS} join pg_trigger t on t.tgrelid = r.oid where not t.tgisinternal
  union all select r.name, 'policy ' || p.polname from ${RELATIONS} join pg_policy p on p.polrelid = r.oid
  union all select r.name, 'rule ' || w.rulename from ${RELATIONS} join pg_rewrite w on w.ev_class = r.oid
  union all select r.name, 'inherits ' || i.inhparent::regclass from ${RELATIONS} join pg_inherits i on i.inhrelid = r.oid
  union all select r.name, 'sequence of ' || quote_ident(a.attname) || ', with options' from ${RELATIONS}
    join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = r.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
    join pg_attribute a on a.attrelid = r.oid and a.attnum = d.refobjsubid join pg_sequence s on s.seqrelid = d.objid where s.seqstart <> 1 or s.seqincrement <> 1 or s.seqmin <> 1 or s.seqcycle
  union all select r.name, 'statistics ' || s.stxname from ${RELATIONS} join pg_statistic_ext s on s.stxrelid = r.oid
  union all select distinct r.name, 'view ' || w.ev_class::regclass from ${RELATIONS} join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = r.oid
    join pg_rewrite w on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass where w.ev_class <> r.oid
  order by 1, 2`

export const INHERITS = `
  select r.name as table,
    (select json_agg(case when n.nspname = current_schema() then c.relname::text else n.nspname || '.' || c.relname end order by i.inhseqno) from pg_inherits i join pg_class c on c.oid = i.inhparent join pg_namespace n on n.oid = c.relnamespace where i.inhrelid = r.oid) as parents,
    (select coalesce(json_agg(json_build_array(a.attname, a.attislocal)), '[]') from pg_attribute a where a.attrelid = r.oid and a.attinhcount > 0 and not a.attisdropped) as columns
  from ${RELATIONS} where exists (select from pg_inherits i where i.inhrelid = r.oid)`

export const ENUMS = `
  select format_type(t.oid, null) as name, (select coalesce(json_agg(e.enumlabel order by e.enumsortorder), '[]') from pg_enum e where e.enumtypid = t.oid) as labels
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where t.typtype = 'e' and case when $1 then t.typnamespace = pg_my_temp_schema() else n.nspname not like 'pg\\_%' end
    and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')`

export const DOMAINS = `
  select format_type(t.oid, null) as name, format_type(t.typbasetype, t.typtypmod) as base
  from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype = 'd' and n.nspname not in ('pg_catalog', 'information_schema')`
