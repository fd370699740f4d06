/**
 * Records again what FastAPI answers, in an environment of Python that has it.
 *
 * @module
 */

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { recordedDir } from './recorded.ts'

/**
 * Writes the recordings, and the versions that answered.
 *
 * @param python the interpreter of the environment
 * @param names of the recordings; all that can be made again without any
 * @param folder of the recordings
 * @returns the exit code
 */
export function record (python: string, names: readonly string[], folder = recordedDir): number {
  const script = join(import.meta.dirname, 'record', 'record.py')
  // Without a fixed seed, sets are written in another order each time.
  const env = { ...process.env, PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: '1' }
  const { status, error } = spawnSync(python, ['-W', 'ignore', script, folder, ...names], { env, stdio: 'inherit' })
  if (error !== undefined) console.error(`${python} cannot be run: ${error.message}. Name the interpreter of the environment: --python venv/bin/python`)
  return status ?? 1
}
