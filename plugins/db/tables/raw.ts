/**
 * SQL as it is.
 *
 * @module
 */

/** SQL for one of the two databases, or for either. */
export class Raw {
  readonly sqlite: string
  readonly postgres: string

  constructor (sql: string | { readonly sqlite: string, readonly postgres: string }) {
    const { sqlite, postgres } = typeof sql === 'string' ? { sqlite: sql, postgres: sql } : sql
    this.sqlite = sqlite
    this.postgres = postgres
  }
}

/** SQL that both databases read, or `raw({ sqlite, postgres })`. */
export type SqlText = string | Raw

/**
 * Marks a default as SQL, which is otherwise a value.
 *
 * ```ts
 * id: column.uuid({ primaryKey: true, default: raw('gen_random_uuid()') }),
 * day: column.date({ default: raw({ postgres: 'current_date', sqlite: "(date('now'))" }) })
 * ```
 *
 * @param sql of one database, or of each; never with values from outside
 */
export function raw (sql: string | { readonly sqlite: string, readonly postgres: string }): Raw {
  return new Raw(sql)
}

export function sqlOf (text: SqlText, dialect: 'sqlite' | 'postgres'): string {
  return typeof text === 'string' ? text : text[dialect]
}
