/**
 * Imports a file of the user, and says which one cannot be imported, and why: Node's own error mostly names no file.
 *
 * @module
 */

import { pathToFileURL } from 'node:url'

/** A file cannot be imported: it has a syntax error, imports what is missing, or throws. */
export class ImportFailure extends Error {
  /** Node has refused the file, or one that it imports: the stack has frames of Node alone. */
  readonly isRefused: boolean

  constructor (path: string, cause: unknown) {
    const place = placeOf(cause)
    const where = place === undefined ? '' : ` (${place})`
    const hint = place === undefined && cause instanceof SyntaxError ? `. The error is in this file, or in one that it imports. Find the line: node --check ${path}` : ''
    super(`${path} cannot be imported: ${String(cause)}${where}${hint}`, { cause })
    this.isRefused = cause instanceof SyntaxError || Object(cause).code === 'ERR_MODULE_NOT_FOUND'
  }
}

/**
 * Imports a module by its path.
 *
 * @throws ImportFailure
 */
export async function importFile (path: string): Promise<object> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (cause) {
    throw new ImportFailure(path, cause)
  }
}

/** What Node writes above the stack of some syntax errors, or the uppermost frame that is not of Node nor of a package. */
function placeOf (error: unknown): string | undefined {
  const [above = '', ...lines] = error instanceof Error ? String(error.stack).split('\n') : []
  if (/^(?:file:\/\/|\/|[A-Z]:\\).*:\d+$/.test(above)) return above
  const own = lines.findIndex(line => line.includes(import.meta.url))
  const frames = own < 0 ? lines : lines.slice(0, own)
  return frames.map(frame => /^ {4}at .*?(file:\/\/.*:\d+:\d+)/.exec(frame)?.[1]).find(place => place !== undefined && !place.includes('/node_modules/'))
}
