/**
 * Files that commands write and read.
 *
 * @module
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Io } from './command.ts'
import { Failure } from './failures.ts'

/**
 * Writes a file below the folder of the project, and says so.
 *
 * @throws Failure when it cannot be written
 */
export function writeOutput ({ cwd, out }: Io, file: string, text: string): void {
  try {
    mkdirSync(dirname(resolve(cwd, file)), { recursive: true })
    writeFileSync(resolve(cwd, file), text)
  } catch (error) {
    throw new Failure(`Cannot write ${file}: ${Object(error).message}`)
  }
  out(`written: ${file}\n`)
}

/** Tells which migrations were committed before another one failed, and hands the error on. */
export function tellApplied ({ out }: Io, error: unknown): never {
  for (const name of Object(error).applied ?? []) out(`done    ${name}\n`)
  throw error
}

/**
 * Reads a JSON file.
 *
 * @param hint how to fix it when it cannot be read
 * @throws Failure when it is not there, or is not JSON
 */
export function readJson ({ cwd }: Pick<Io, 'cwd'>, file: string, hint: string): unknown {
  try {
    return JSON.parse(readFileSync(resolve(cwd, file), 'utf8'))
  } catch (error) {
    throw new Failure(`Cannot read ${file}: ${Object(error).message}. ${hint}`)
  }
}
