/**
 * Migrations in a folder: a module each, run in the order of their names.
 *
 * @module
 */

import { readdir } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { APIKIT_ERR_MIGRATION } from '../errors.ts'
import type { Migration, Migrations } from './migrations.ts'

const MODULE = /(?<!\.d)\.[jt]s$/

/**
 * Reads the migrations of a folder. Each file exports `up`, and `down` where it can be undone; its name begins with when it
 * was made: `20261124T180000_users.ts`.
 *
 * @throws APIKIT_ERR_MIGRATION when a file exports no `up`
 */
export async function readMigrations (folder: string): Promise<Migrations> {
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const migrations: Record<string, Migration> = {}
  for (const file of files.filter(file => MODULE.test(file)).sort()) {
    const { up, down }: Partial<Migration> = await import(pathToFileURL(resolve(join(folder, file))).href)
    if (typeof up !== 'function') throw new APIKIT_ERR_MIGRATION(`${file} exports no function up`)
    migrations[basename(file, extname(file))] = down === undefined ? { up } : { up, down }
  }
  return migrations
}
