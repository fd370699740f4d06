/**
 * What the code declared when the database was last migrated: only that may be dropped. Kept in the database, so that
 * branches of a repository have no file to merge.
 *
 * @module
 */

import { literal } from '../tables/names.ts'
import type { Ask } from './ask.ts'
import { type Catalog, KEPT_IN } from './catalog.ts'
import type { TableMatch } from './match.ts'

const TABLE = `${KEPT_IN}_declared`
const OWNER = 'app'

export class Declared {
  readonly #parts: ReadonlySet<string>

  constructor (parts: Iterable<string>) {
    this.#parts = new Set(parts)
  }

  hasTable (table: string): boolean {
    return this.#parts.has(JSON.stringify([table]))
  }

  /** @param kind `column`, `default`, `identity`, `computed`, or `part` for constraints and indexes */
  has (table: string, kind: string, name: string): boolean {
    return this.#parts.has(JSON.stringify([table, kind, name]))
  }

  hasEnum (name: string): boolean {
    return this.#parts.has(JSON.stringify(['', 'enum', name]))
  }
}

function * partsOf ({ table, before, same, after }: TableMatch): Generator<readonly string[]> {
  const { name } = table
  yield [name]
  const columns = before.columns.filter(column => after.columns.some(({ name }) => name === column.name))
  for (const column of columns) {
    const declared = after.columns.find(({ name }) => name === column.name)
    yield [name, 'column', column.name]
    if (declared?.default !== undefined && column.default !== undefined) yield [name, 'default', column.name]
    if (declared?.collate !== undefined && column.collate !== undefined) yield [name, 'collate', column.name]
    if (declared?.identity !== undefined && column.identity !== undefined) yield [name, 'identity', column.name]
    if (declared?.computed !== undefined && column.computed !== undefined) yield [name, 'computed', column.name]
  }
  for (const { before } of same) yield [name, 'part', before.name]
}

/** What the code declares, and the database has. */
export function declaredIn (matches: readonly TableMatch[], actual: Catalog, desired: Catalog): string[] {
  const enums = [...desired.enums.keys()].filter(name => actual.enums.has(name)).map(name => ['', 'enum', name])
  return [...matches.flatMap(match => [...partsOf(match)]), ...enums].map(part => JSON.stringify(part))
}

async function exists (ask: Ask, dialect: 'sqlite' | 'postgres'): Promise<boolean> {
  const [row] = await ask(dialect === 'sqlite' ? `select 1 as found from sqlite_schema where name = '${TABLE}'` : `select 1 as found where to_regclass('${TABLE}') is not null`)
  return row !== undefined
}

export async function readDeclared (ask: Ask, dialect: 'sqlite' | 'postgres'): Promise<Declared> {
  if (!await exists(ask, dialect)) return new Declared([])
  const [row] = await ask(`select parts from ${TABLE} where owner = ${literal(OWNER)}`)
  return new Declared(row === undefined ? [] : row.parts as string[])
}

export async function writeDeclared (ask: Ask, dialect: 'sqlite' | 'postgres', parts: readonly string[]): Promise<void> {
  if (!await exists(ask, dialect)) await ask(`create table ${TABLE} (owner text not null primary key, parts ${dialect === 'sqlite' ? 'json_text' : 'jsonb'} not null)`)
  await ask(`insert into ${TABLE} (owner, parts) values (${literal(OWNER)}, ${literal(JSON.stringify(parts))}) on conflict (owner) do update set parts = excluded.parts`)
}
