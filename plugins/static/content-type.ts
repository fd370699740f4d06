/**
 * Content types of files, as FastAPI writes them.
 *
 * @module
 */

import { extname } from 'node:path'

/** Extensions of binary files. FastAPI sends other unknown types as text. */
const BINARY = new Set(['.bin', '.exe', '.dll', '.so', '.o', '.a', '.obj', '.dmg', '.iso', '.img', '.msi', '.deb', '.pkg', '.class'])

/** @param type content type set by @fastify/send */
export function contentTypeOf (path: string, type: string): string {
  if (type === 'application/octet-stream') return BINARY.has(extname(path).toLowerCase()) ? type : 'text/plain; charset=utf-8'
  // RFC 9239 §6: the name of old.
  if (type.startsWith('application/javascript')) return 'text/javascript; charset=utf-8'
  return type.startsWith('text/') ? type : type.replace(/; *charset=utf-8$/i, '')
}
