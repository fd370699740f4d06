/**
 * What Kysely's PostgreSQL does otherwise here.
 *
 * @module
 */

import { type DatabaseMetadataOptions, type Kysely, PostgresIntrospector, sql, type TableMetadata } from 'kysely'

/** The tables of the schema that is searched, not those of others beside it, which may have the same names. */
export class Introspector extends PostgresIntrospector {
  readonly #db: Kysely<unknown>

  constructor (db: Kysely<unknown>) {
    super(db)
    this.#db = db
  }

  override async getTables (options?: DatabaseMetadataOptions): Promise<TableMetadata[]> {
    const { rows: [current] } = await sql<{ schema: string }>`select current_schema() as schema`.execute(this.#db)
    return (await super.getTables(options)).filter(({ schema }) => schema === current?.schema)
  }
}
