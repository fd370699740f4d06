/**
 * Finds the files of a folder that may be served.
 *
 * @module
 */

import { realpath, stat } from 'node:fs/promises'
import { resolve, sep } from 'node:path'

export interface Found {
  /** Path relative to the folder, with slashes. Empty for the folder itself. */
  readonly path: string
  readonly kind: 'file' | 'folder'
}

export class Folder {
  readonly root: string
  #inside: string | undefined

  constructor (root: string) {
    this.root = resolve(root)
  }

  /**
   * Finds a file or a folder.
   *
   * @param path decoded, from the folder
   * @returns `undefined` for missing and hidden paths: dot files, and paths outside of the folder, be it
   *   by `..` or by a link
   */
  async find (path: string): Promise<Found | undefined> {
    const parts = path.split('/').filter(part => part !== '')
    if (/[\\\0]/.test(path) || parts.some(isHidden)) return undefined
    try {
      // Not at the start: it may be made later.
      const inside = this.#inside ??= await realpath(this.root) + sep
      const real = await realpath(inside + parts.join(sep))
      const below = `${real}${sep}`.startsWith(inside) ? real.slice(inside.length) : undefined
      if (below?.split(sep).some(isHidden) !== false) return undefined
      const stats = await stat(real)
      if (!stats.isDirectory() && !stats.isFile()) return undefined
      return { path: parts.join('/'), kind: stats.isDirectory() ? 'folder' : 'file' }
    } catch (error) {
      if (isAbsence(error)) return undefined
      throw error
    }
  }

  async hasFile (path: string): Promise<boolean> {
    return (await this.find(path))?.kind === 'file'
  }
}

function isHidden (part: string): boolean {
  return part.startsWith('.')
}

const ABSENCES = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EACCES', 'EPERM'])

function isAbsence (error: unknown): boolean {
  return ABSENCES.has(Object(error).code)
}
