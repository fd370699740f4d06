/**
 * Packages that only some domain types need.
 *
 * @module
 */

import { createRequire } from 'node:module'
import createError from '@fastify/error'

/** An optional peer dependency is needed and is not installed. */
export const APIKIT_ERR_MISSING_PEER = createError('APIKIT_ERR_MISSING_PEER', '%s needs the package "%s": npm install %s', 500)

const load = createRequire(import.meta.url)

/**
 * Loads a package when the first schema that needs it is made.
 *
 * @param owner who needs it, for the message: `PlainDate()`
 * @throws APIKIT_ERR_MISSING_PEER when the package is not installed
 */
export function peer<T> (owner: string, name: string): T {
  try {
    return load(name)
  } catch (cause) {
    throw Object.assign(new APIKIT_ERR_MISSING_PEER(`fastify-apikit/types: ${owner}`, name, name), { cause })
  }
}
