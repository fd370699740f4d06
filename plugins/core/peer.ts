/**
 * Packages that only some users need.
 *
 * @module
 */

import { createRequire } from 'node:module'
import { APIKIT_ERR_MISSING_PEER } from '../types/errors.ts'

const load = createRequire(import.meta.url)

/**
 * Loads a package when the first who needs it is there.
 *
 * @param owner who needs it, for the message: `fastify-apikit/docs`
 * @param specifier of the package, or of a file in it
 * @throws APIKIT_ERR_MISSING_PEER when the package is not installed
 */
export function optionalPeer<T> (owner: string, specifier: string): T {
  try {
    return load(specifier)
  } catch (cause) {
    const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
    throw Object.assign(new APIKIT_ERR_MISSING_PEER(`${owner} needs the package "${name}"`, name), { cause })
  }
}

/** Returns those packages that are not installed. */
export function missingPeers (names: readonly string[]): string[] {
  return names.filter(name => {
    try {
      load.resolve(name)
      return false
    } catch (error) {
      // Another code is that of a package which is there, and is not for `require`.
      return Object(error).code === 'MODULE_NOT_FOUND'
    }
  })
}
