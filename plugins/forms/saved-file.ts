/**
 * Writes a file completely, or not at all.
 *
 * @module
 */

import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { Readable } from 'node:stream'

/** Replaces an existing file. */
export async function saveAs (path: string, content: Readable): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.part`
  try {
    await pipeline(content, createWriteStream(unfinished, { flags: 'wx' }))
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}
