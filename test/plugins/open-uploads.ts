/**
 * Which uploads are open.
 *
 * @module
 */

import { existsSync, readdirSync, readlinkSync } from 'node:fs'

/** Files of ours that this process has open: they have no names in their folder, and still take room. */
export function openUploads (): string[] {
  const links = readdirSync('/proc/self/fd').flatMap(fd => {
    try { return [readlinkSync(`/proc/self/fd/${fd}`)] } catch { return [] }
  })
  return links.filter(link => /\/upload-[\da-f-]+ \(deleted\)$/.test(link))
}

/** Comes back when all are closed, which is after the answer. */
export async function allClosed (): Promise<void> {
  while (openUploads().length > 0) await new Promise(setImmediate)
}

/** Options of a test that asks. */
export const openFiles = { skip: existsSync('/proc/self/fd') ? false : 'only Linux says which files are open' }
