/**
 * The tables in the current schema of PostgreSQL.
 *
 * @module
 */

import type { ForeignAction } from '../tables/columns.ts'
import type { Ask } from './inspection.ts'
import type { TableShape } from '../tables/shape.ts'

const TABLES = `
  select c.oid::int as oid, c.relname::text as name from pg_class c
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') order by c.oid`

const COLUMNS = `
  select a.attrelid::int as oid, a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
    pg_get_expr(d.adbin, d.adrelid) as value, a.attidentity <> '' as identity
  from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped order by a.attrelid, a.attnum`

const names = (table: string, numbers: string): string => `
  (select coalesce(json_agg(a.attname order by part.at), '[]') from unnest(${numbers}) with ordinality as part(number, at)
    join pg_attribute a on a.attrelid = ${table} and a.attnum = part.number)`

const action = (letter: string): string => `
  case ${letter} when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default' else 'no action' end`

const CONSTRAINTS = `
  select k.conrelid::int as oid, k.conname::text as name, k.contype::text as type, ${names('k.conrelid', 'k.conkey')} as columns,
    (select relname::text from pg_class where oid = k.confrelid) as target, ${names('k.confrelid', 'k.confkey')} as targets,
    ${action('k.confdeltype')} as on_delete, ${action('k.confupdtype')} as on_update, pg_get_expr(k.conbin, k.conrelid) as expression
  from pg_constraint k where k.connamespace = current_schema()::regnamespace and k.contype in ('p', 'u', 'f', 'c') order by k.oid`

const INDEXES = `
  select i.indrelid::int as oid, c.relname::text as name, ${names('i.indrelid', 'i.indkey')} as columns
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where c.relnamespace = current_schema()::regnamespace and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
  order by c.oid`

export async function inspectPostgres (ask: Ask): Promise<TableShape[]> {
  const [tables, columns, constraints, indexes] = [await ask(TABLES), await ask(COLUMNS), await ask(CONSTRAINTS), await ask(INDEXES)]
  return tables.map(({ oid, name }): TableShape => {
    const own = constraints.filter(row => row.oid === oid)
    const named = (rows: typeof own) => rows.map(row => ({ name: String(row.name), columns: row.columns as string[] }))
    return {
      name: String(name),
      columns: columns.filter(row => row.oid === oid).map(row => ({
        name: String(row.name),
        type: String(row.type),
        notNull: row.not_null === true,
        default: row.value === null ? undefined : String(row.value),
        identity: row.identity === true
      })),
      primaryKey: own.find(({ type }) => type === 'p')?.columns as string[] | undefined ?? [],
      uniques: named(own.filter(({ type }) => type === 'u')),
      foreignKeys: own.filter(({ type }) => type === 'f').map(row => ({
        name: String(row.name),
        columns: row.columns as string[],
        table: String(row.target),
        targets: row.targets as string[],
        onDelete: row.on_delete as ForeignAction,
        onUpdate: row.on_update as ForeignAction
      })),
      checks: own.filter(({ type }) => type === 'c').map(row => ({ name: String(row.name), expression: String(row.expression) })),
      indexes: named(indexes.filter(row => row.oid === oid))
    }
  })
}
