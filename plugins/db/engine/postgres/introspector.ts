/**
 * What Kysely's PostgreSQL does otherwise here.
 *
 * @module
 */

import { type DatabaseMetadataOptions, type Kysely, PostgresIntrospector, sql, type TableMetadata } from 'kysely'

interface FoundColumn {
  readonly table: string
  readonly schema: string
  readonly kind: string
  readonly name: string
  readonly type: string
  readonly typeSchema: string
  readonly isNotNull: boolean
  readonly hasDefault: boolean
  readonly isCounted: boolean
  readonly comment: string | null
}

const KEPT_BY_KYSELY = ['kysely_migration', 'kysely_migration_lock']

/**
 * The tables of the schema that is searched, not those of others beside it, which may have the same names. Only rows of the
 * catalog are read: functions such as `has_schema_privilege` and `pg_get_serial_sequence`, which Kysely asks about every
 * schema, fail where another is dropped meanwhile.
 */
export class Introspector extends PostgresIntrospector {
  readonly #db: Kysely<unknown>

  constructor (db: Kysely<unknown>) {
    super(db)
    this.#db = db
  }

  override async getTables ({ withInternalKyselyTables }: DatabaseMetadataOptions = { withInternalKyselyTables: false }): Promise<TableMetadata[]> {
    const { rows } = await sql<FoundColumn>`
      select c.relname::text as "table", n.nspname::text as schema, c.relkind::text as kind, a.attname::text as name, t.typname::text as type, m.nspname::text as "typeSchema",
        a.attnotnull as "isNotNull", a.atthasdef as "hasDefault", d.description as comment,
        exists (select from pg_depend o join pg_class s on s.oid = o.objid and s.relkind = 'S'
          where o.classid = 'pg_class'::regclass and o.refclassid = 'pg_class'::regclass and o.refobjid = c.oid and o.refobjsubid = a.attnum and o.deptype in ('a', 'i')) as "isCounted"
      from pg_namespace n join pg_class c on c.relnamespace = n.oid join pg_attribute a on a.attrelid = c.oid
        join pg_type t on t.oid = a.atttypid join pg_namespace m on m.oid = t.typnamespace
        left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = a.attnum
      where n.nspname = current_schema() and c.relkind in ('r', 'v', 'p', 'f') and a.attnum > 0 and not a.attisdropped
      order by c.relname, a.attnum`.execute(this.#db)
    const own = rows.filter(({ table }) => withInternalKyselyTables || !KEPT_BY_KYSELY.includes(table))
    return [...Map.groupBy(own, ({ table }) => table)].map(([name, columns]) => metadataOf(name, columns))
  }
}

function metadataOf (name: string, columns: readonly FoundColumn[]): TableMetadata {
  const [{ schema, kind }] = columns as readonly [FoundColumn]
  return {
    name,
    schema,
    isView: kind === 'v',
    isForeign: kind === 'f',
    columns: columns.map(({ name, type, typeSchema, isNotNull, hasDefault, isCounted, comment }) => ({
      name, dataType: type, dataTypeSchema: typeSchema, isNullable: !isNotNull, hasDefaultValue: hasDefault, isAutoIncrementing: isCounted, ...comment !== null && { comment }
    }))
  }
}
