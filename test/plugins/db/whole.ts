/**
 * A schema of PostgreSQL in lines, with all that tables do not say of themselves: comments, statistics, storage, grants,
 * policies, triggers, sequences and where they are. What a migration must not lose.
 *
 * @module
 */

import { ask } from './databases.ts'

const HERE = 'current_schema()::regnamespace'

const LINES = `
  select 'comment on ' || pg_describe_object(classoid, objoid, objsubid) || ': ' || description as line from pg_description
    where (classoid = 'pg_class'::regclass and objoid in (select oid from pg_class where relnamespace = ${HERE}))
      or (classoid = 'pg_constraint'::regclass and objoid in (select oid from pg_constraint where connamespace = ${HERE}))
      or (classoid = 'pg_type'::regclass and objoid in (select oid from pg_type where typnamespace = ${HERE}))
      or (classoid = 'pg_statistic_ext'::regclass and objoid in (select oid from pg_statistic_ext where stxnamespace = ${HERE}))
      or (classoid = 'pg_policy'::regclass and objoid in (select p.oid from pg_policy p join pg_class c on c.oid = polrelid where relnamespace = ${HERE}))
      or (classoid = 'pg_trigger'::regclass and objoid in (select t.oid from pg_trigger t join pg_class c on c.oid = tgrelid where relnamespace = ${HERE}))
  union all select concat_ws(' ', 'column', c.oid::regclass, case when c.relkind in ('r', 'p') then a.attname::text else a.attnum::text end, format_type(a.atttypid, a.atttypmod), 'null: ' || not a.attnotnull, 'statistics ' || nullif(a.attstattarget, -1), 'storage ' || case when c.relkind in ('r', 'p') then nullif(a.attstorage::text, y.typstorage::text) end, 'compression ' || case when c.relkind in ('r', 'p') then nullif(a.attcompression::text, '') end,
      case when a.attislocal then 'local' end, 'inherited ' || nullif(a.attinhcount, 0), 'distinct ' || (select string_agg(o, ',') from unnest(a.attoptions) o where o like 'n_%'), a.attacl::text, 'default ' || pg_get_expr(d.adbin, d.adrelid), nullif(a.attidentity::text, ''), nullif(a.attgenerated::text, ''))
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped join pg_type y on y.oid = a.atttypid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = ${HERE} and c.relkind in ('r', 'p', 'i', 'I')
  union all select concat_ws(' ', 'relation', c.oid::regclass, c.relkind, c.relacl::text, c.reloptions::text, c.relreplident, case when c.relrowsecurity then 'secured' end, nullif(c.relpersistence::text, 'p'), pg_get_userbyid(c.relowner), pg_get_partkeydef(c.oid),
      pg_get_expr(c.relpartbound, c.oid), 'inherits ' || (select string_agg(inhparent::regclass::text, ',' order by inhseqno) from pg_inherits where inhrelid = c.oid), (select spcname from pg_tablespace s where s.oid = c.reltablespace))
    from pg_class c where c.relnamespace = ${HERE}
  union all select concat_ws(' ', 'index', pg_get_indexdef(indexrelid), case when indisclustered then 'clustered' end, case when indisreplident then 'identity' end, case when not indisvalid then 'invalid' end) from pg_index join pg_class c on c.oid = indexrelid where relnamespace = ${HERE}
  union all select concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid), case when not conislocal then 'inherited' end) from pg_constraint where connamespace = ${HERE} and (contype <> 'f' or conparentid = 0)
  union all select concat_ws(' ', pg_get_statisticsobjdef(oid), stxstattarget, pg_get_userbyid(stxowner)) from pg_statistic_ext where stxnamespace = ${HERE}
  union all select concat_ws(' ', pg_get_triggerdef(t.oid), tgenabled) from pg_trigger t join pg_class c on c.oid = tgrelid where relnamespace = ${HERE} and not tgisinternal
  union all select concat_ws(' ', 'policy', polname, polrelid::regclass, polcmd, polroles::text, polpermissive, pg_get_expr(polqual, polrelid), 'check', pg_get_expr(polwithcheck, polrelid)) from pg_policy p join pg_class c on c.oid = polrelid where relnamespace = ${HERE}
  union all select concat_ws(' ', 'type', t.oid::regtype, typacl::text, pg_get_userbyid(typowner), (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum e where e.enumtypid = t.oid)) from pg_type t where typnamespace = ${HERE} and typtype = 'e'
  union all select concat_ws(' ', 'publication', pubname, relname, (select array_agg(attname order by attname) from pg_attribute where attrelid = prrelid and attnum > 0 and not attisdropped and (prattrs is null or attnum = any (prattrs))), pg_get_expr(prqual, prrelid))
    from pg_publication_rel r join pg_publication p on p.oid = prpubid join pg_class c on c.oid = prrelid where relnamespace = ${HERE}
  union all select concat_ws(' ', 'sequence', s.seqrelid::regclass, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle, c.relacl::text, (select string_agg(d.deptype::text || d.refobjid::regclass::text, ',') from pg_depend d where d.objid = s.seqrelid and d.refclassid = 'pg_class'::regclass),
      (xpath('/row/last/text()', query_to_xml(format('select last_value || '' '' || is_called as last from %s', s.seqrelid::regclass), false, true, '')))[1]::text) from pg_sequence s join pg_class c on c.oid = s.seqrelid where relnamespace = ${HERE}`

/** Sorted, without the tables of the product itself. Columns that are made again stand last, also in statistics. */
export async function wholeOf (url: string): Promise<string[]> {
  const inOrder = (line: string): string => line.startsWith('CREATE STATISTICS') ? line.replace(/ ON (.*) FROM /, (_, columns: string) => ` ON ${columns.split(', ').sort().join(', ')} FROM `) : line
  return (await ask(LINES, url)).map(({ line }) => inOrder(String(line))).filter(line => !line.includes('apikit_migrations')).sort()
}
