/**
 * What FastAPI has answered: the files of `recorded/`, and the versions that answered.
 *
 * @module
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import versions from './recorded/versions.json' with { type: 'json' }

/** Versions of FastAPI and its libraries by the names of their packages. */
export const VERSIONS: Readonly<Record<keyof typeof versions, string>> = versions

/** The folder of the recordings. */
export const recordedDir = join(import.meta.dirname, 'recorded')

/** Returns the text of a file; one that ends in `.gz` is unpacked. */
export function readText (file: string): string {
  const bytes = readFileSync(file)
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
}

/** Returns the text of a recording: `coercion-json.json`, as it was before it was packed. */
export function recorded (name: string): string {
  return readText(join(recordedDir, `${name}.gz`))
}
