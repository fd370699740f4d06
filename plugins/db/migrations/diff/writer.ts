/**
 * Files of migrations.
 *
 * @module
 */

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { APIKIT_ERR_MIGRATION } from '../../errors.ts'

/** What a migration does, as statements on `schema`. */
export interface Steps {
  readonly up: readonly string[]
  readonly down: readonly string[]
  /** `'own'` where the steps must be committed before others use what they do: new labels of an enum. */
  readonly transaction?: 'own'
}

export interface NewMigration {
  /** In words: `add age to users`. */
  readonly title: string
  readonly folder: string
  /** From where the file imports `Migration`. */
  readonly specifier: string
  readonly steps?: Steps
  readonly now?: Date
}

/**
 * Writes the file of a new migration.
 *
 * @returns its path
 * @throws APIKIT_ERR_MIGRATION when the title has no letters that a file name could have
 */
export async function writeMigration ({ title, folder, specifier, steps = { up: [], down: [] }, now = new Date() }: NewMigration): Promise<string> {
  const words = title.toLowerCase().match(/[a-z\d]+/g)?.join('_')
  if (words === undefined) throw new APIKIT_ERR_MIGRATION(`${JSON.stringify(title)} is not a valid name of a migration. Use letters and digits`)
  const path = join(folder, `${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}_${words}.ts`)
  const body = (lines: readonly string[]): string => lines.length === 0 ? '' : `\n${lines.map(line => line.replaceAll(/^/gm, '  ')).join('\n')}\n`
  const text = body(steps.up) + body(steps.down)
  const needs = [...text.includes('column.') ? ['column'] : [], 'type Migration', ...text.includes('raw(') ? ['raw'] : []]
  const mode = steps.transaction === undefined ? '' : `\n// New labels of an enum can be used once they are committed.\nexport const transaction = '${steps.transaction}'\n`
  await mkdir(folder, { recursive: true })
  await writeFile(path, `${text.includes('Type.') ? "import { Type } from '@sinclair/typebox'\n" : ''}import { ${needs.join(', ')} } from '${specifier}'
${mode}
export const up: Migration['up'] = async schema => {${body(steps.up)}}

export const down: Migration['down'] = async schema => {${body(steps.down)}}
`, { flag: 'wx' })
  return path
}
