/**
 * The tables of a database as files of `table()`.
 *
 * @module
 */

import { Type } from '@sinclair/typebox'
import { APIKIT_ERR_MIGRATION } from '../errors.ts'
import type { Database } from '../sessions/database.ts'
import * as types from '../../types/index.ts'
import { BigInteger } from '../tables/big-integer.ts'
import { column } from '../tables/columns.ts'
import { inOrder } from '../tables/order.ts'
import { raw } from '../tables/raw.ts'
import { table } from '../tables/table.ts'
import type { AnyTable } from '../tables/table-types.ts'
import { askOf } from './ask.ts'
import { type Catalog, type CatalogTable, isKept } from './catalog.ts'
import { catalogTableCode } from './catalog-code.ts'
import { code } from './code.ts'
import { compareIn, looking } from './diff/compare.ts'
import { BLIND } from './diff/look.ts'
import { aloneNames, planOf } from './diff/plan.ts'
import { refuseUnknownSchemas } from './postgres/schema-names.ts'
import { readActual } from './postgres/scratch.ts'
import { readSqlite } from './sqlite/catalog.ts'
import { comment } from './diff/step.ts'

export interface PullOptions {
  /** From where the file imports `column` and `table`. Default: `fastify-apikit/db`. */
  readonly specifier?: string
  /** Schemas of PostgreSQL beside the current one. */
  readonly schemas?: readonly string[]
}

/** The tables of a database, as TypeScript. */
export interface Pulled {
  readonly text: string
  readonly tables: readonly AnyTable[]
}

/** What the calls of a file may name. */
const DOMAIN = ['Bytes', 'DateTime', 'Decimal', 'Duration', 'PlainDate', 'PlainTime', 'Uuid'] as const

/** Words that are no names of variables, and those that the file has already. */
const TAKEN = new Set(('await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof ' +
  'interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield ' +
  'arguments eval column table tables raw Type TablesOf Tables BigInteger').split(' ').concat(DOMAIN))

/** The name of the variable of a table: its own, made safe. */
function identifierOf (name: string, taken: Set<string>): string {
  const safe = name.replaceAll(/[^\p{ID_Continue}$]/gu, '_').replace(/^(?=\p{Nd})/u, '_')
  let found = TAKEN.has(safe) ? `${safe}_` : safe
  for (let nr = 2; taken.has(found); nr++) found = `${safe}_${nr}`
  taken.add(found)
  return found
}

interface Written {
  readonly name: string
  readonly variable: string
  readonly call: string
  readonly alone: readonly string[]
}

function writtenOf (tables: readonly CatalogTable[], catalog: Catalog, dialect: 'sqlite' | 'postgres'): Written[] {
  const taken = new Set<string>()
  return tables.map(one => {
    const { columns, options } = catalogTableCode(one, { catalog, dialect, forTables: true })
    return { name: one.name, variable: identifierOf(one.name, taken), call: `table(${code(one.name)}, ${columns}${options === undefined ? '' : `, ${options}`})`, alone: one.alone }
  })
}

/** Runs the calls as the file would. */
function evaluate (written: readonly Written[]): AnyTable[] {
  const names = { column, raw, table, Type, BigInteger, ...Object.fromEntries(DOMAIN.map(name => [name, types[name]])) }
  // eslint-disable-next-line no-new-func -- the text is our own, of the names in a database, as texts
  const make = new Function(...Object.keys(names), `return [${written.map(({ call }) => call).join(',\n')}]`) as (...values: unknown[]) => AnyTable[]
  return make(...Object.values(names))
}

/** @param left tables that `table()` cannot say */
function textOf (written: readonly Written[], left: readonly string[], specifier: string): string {
  const calls = written.map(({ call }) => call).join('\n')
  const uses = (word: string): boolean => new RegExp(`\\b${word}\\(`).test(calls)
  const domain = DOMAIN.filter(uses)
  const own = [...uses('BigInteger') ? ['BigInteger'] : [], 'column', ...uses('raw') ? ['raw'] : [], 'table', 'type TablesOf']
  return `/**
 * The tables of the database.
 *
 * @module
 */

${calls.includes('Type.') ? "import { Type } from '@sinclair/typebox'\n" : ''}import { ${own.join(', ')} } from '${specifier}'
${domain.length === 0 ? '' : `import { ${domain.join(', ')} } from '${typesOf(specifier)}'\n`}
${left.map(what => `${comment(`Left alone: ${what}`)}\n`).join('')}${written.map(({ variable, call, alone }) => `${alone.map(what => `${comment(`Left alone: ${what}`)}\n`).join('')}export const ${variable} = ${call}\n`).join('\n')}
/** All of them, for the plugin. */
export const tables = [${written.map(({ variable }) => variable).join(', ')}] as const

declare module '${specifier}' {
  interface Tables extends TablesOf<typeof tables> {}
}
`
}

/** The entry beside: `fastify-apikit/types` of `fastify-apikit/db`. */
function typesOf (specifier: string): string {
  return specifier.replace(/\bdb(?=\/index\.[jt]s$|$)/, 'types')
}

/**
 * Writes the tables of a database as `table()` says them.
 *
 * @returns the text of a module, and the tables that it exports
 * @throws APIKIT_ERR_MIGRATION when `diff` would not be quiet with them: the message has the steps
 */
export async function pull<DB> (db: Database<DB>, { specifier = 'fastify-apikit/db', schemas = [] }: PullOptions = {}): Promise<Pulled> {
  return looking(db, async session => {
    const { dialect } = session
    const ask = askOf(session)
    await refuseUnknownSchemas(ask, dialect, schemas)
    const catalog = dialect === 'sqlite' ? await readSqlite(ask) : await readActual(ask, schemas.map(schema => ({ name: `${schema}.`, parts: [] })))
    const found = [...catalog.tables.values()].filter(({ name }) => !isKept(name)).sort((a, b) => a.name < b.name ? -1 : 1)
    const ordered = inOrder(found.filter(({ columns }) => columns.length > 0).map(one => ({ name: one.name, one, targets: one.parts.flatMap(({ target }) => target?.table ?? []) })))
    const written = writtenOf(ordered.map(({ one }) => one), catalog, dialect)
    const tables = evaluate(written)
    const { steps } = await planOf(await compareIn(session, tables), BLIND)
    if (steps.length > 0) throw new APIKIT_ERR_MIGRATION(`cannot describe these tables without a remaining difference:\n${steps.flatMap(({ up }) => up).join('\n')}`)
    return { text: textOf(written, [...found.filter(({ columns }) => columns.length === 0).map(({ name }) => `table ${name}, which has no columns`), ...aloneNames(catalog)], specifier), tables }
  })
}
