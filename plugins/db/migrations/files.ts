/**
 * Migrations in a folder: a module each, run in the order of their names.
 *
 * @module
 */

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { importFile, type ImportFailure } from '../../core/import-file.ts'
import { APIKIT_ERR_MIGRATION } from '../errors.ts'
import type { Migration, Migrations } from './types.ts'

const MODULE = /(?<!\.d)\.[jt]s$/

/**
 * Reads the migrations of a folder. Each file exports `up`, and `down` where it can be undone; its name begins with when it
 * was made: `20261124T180000_users.ts`.
 *
 * @throws APIKIT_ERR_MIGRATION when the folder cannot be read, or a file cannot be imported or exports no `up`
 */
export async function readMigrations (folder: string): Promise<Migrations> {
  const files = await readdir(folder).catch((cause: NodeJS.ErrnoException) => { throw missing(folder, cause) })
  const migrations: Record<string, Migration> = {}
  for (const file of files.filter(file => MODULE.test(file)).sort()) {
    const path = resolve(join(folder, file))
    const { up, down, transaction }: Partial<Migration> = await importFile(path).catch((cause: ImportFailure) => { throw failure(cause.message, cause) })
    if (typeof up !== 'function') throw new APIKIT_ERR_MIGRATION(`${file} must export a function up`)
    if (transaction !== undefined && transaction !== 'own' && transaction !== 'none') throw new APIKIT_ERR_MIGRATION(`${file}: transaction must be 'own' or 'none'`)
    migrations[basename(file, extname(file))] = { up, hash: await hashOf(path), ...down !== undefined && { down }, ...transaction !== undefined && { transaction } }
  }
  return migrations
}

/** A folder that is not there is a typing error more often than an app without migrations. */
function missing (folder: string, cause: NodeJS.ErrnoException): Error {
  if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR') return failure(`the folder ${resolve(folder)} cannot be read: ${cause.message}`, cause)
  const what = cause.code === 'ENOENT' ? 'does not exist' : 'is not a folder'
  return failure(`the folder ${resolve(folder)} ${what}. Correct its path (option migrations of fastify-apikit/db), or write the first migration, which makes it: npx fastify-apikit migrate new NAME`, cause)
}

function failure (message: string, cause: unknown): Error {
  return Object.assign(new APIKIT_ERR_MIGRATION(message), { cause })
}

/** Of the text with equal ends of lines: git may write others on another system. */
async function hashOf (path: string): Promise<string> {
  const text = (await readFile(path, 'utf8')).replaceAll('\r\n', '\n')
  return `${extname(path).slice(1)}:${createHash('sha256').update(text).digest('hex')}`
}
