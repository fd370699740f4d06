/**
 * `db pull`: the tables of a database that something else has made, as `table()`.
 *
 * @module
 */

import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { locate } from '../../../plugins/db/engine/url.ts'
import { withApp } from '../app.ts'
import { APP_OPTION, command } from '../command.ts'
import { DATABASE_OPTION, databaseIn } from '../database.ts'
import { withDatabaseErrors, withStatementErrors } from '../database-errors.ts'
import { Failure, UsageError } from '../failures.ts'

export const db = command({
  summary: 'Writes the tables of the database as table() declares them.',
  takes: 'pull [FILE]',
  most: 2,
  details: `db pull [FILE] writes a module with the tables of the database. Default: schemas/tables.ts.
After it, migrate diff has nothing to do; where that is not so, nothing is written. Then: migrate stamp`,
  options: {
    url: { type: 'string', value: 'URL', description: 'URL of the database. Default: the database of the app.' },
    schema: { type: 'string', value: 'NAMES', description: 'Further schemas of PostgreSQL, separated by commas.' },
    import: { type: 'string', value: 'SPECIFIER', description: 'Module that the file imports from. Default: fastify-apikit/db.' },
    force: { type: 'boolean', description: 'Overwrite the file.' },
    ...DATABASE_OPTION,
    ...APP_OPTION
  },
  run: async ({ positionals: [name = '', file = join('schemas', 'tables.ts')], values }, io) => {
    if (name !== 'pull') throw new UsageError(`${name === '' ? 'Missing argument' : `Unknown argument "${name}"`}. Expected: pull`)
    if (values.url !== undefined && values.database !== undefined) throw new UsageError('--url and --database exclude each other')
    const path = resolve(io.cwd, file)
    const { openDatabase, pull } = await import('../../../plugins/db/index.ts')
    if (values.url !== undefined) refuseMissing(values.url)
    const options = { ...values.import !== undefined && { specifier: values.import }, schemas: values.schema?.split(',').map(schema => schema.trim()) ?? [] }
    const pulled = await withDatabaseErrors(async () => values.url === undefined
      ? await withApp(io, { app: values.app }, async ({ server }) => withStatementErrors(() => pull(databaseIn(server, values.database).db, options)))
      : await pulledFrom(openDatabase({ url: values.url }), one => withStatementErrors(() => pull(one, options))))
    await write(path, pulled.text, values.force === true)
    io.out(`written ${relative(io.cwd, path)}: ${pulled.tables.length} tables\n`)
    return 0
  }
})

/** SQLite would make it, and there would be nothing in it. */
function refuseMissing (url: string): void {
  const location = locate(url)
  if (location.dialect === 'sqlite' && !location.memory && !existsSync(location.path)) throw new Failure(`${resolve(location.path)} does not exist. Name the file of a database: --url sqlite:app.db`)
}

async function pulledFrom<D extends { destroy (): Promise<void> }, T> (database: D, work: (database: D) => Promise<T>): Promise<T> {
  try {
    return await work(database)
  } finally {
    await database.destroy()
  }
}

async function write (path: string, text: string, isForced: boolean): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { flag: isForced ? 'w' : 'wx' })
  } catch (error) {
    // Of the file: where a folder would be, mkdir says so of that path.
    const isThere = Object(error).code === 'EEXIST' && Object(error).path === path
    throw new Failure(isThere ? `${path} exists already. Overwrite it with --force, or name another file.` : `${path} cannot be written: ${(error as Error).message}`)
  }
}
