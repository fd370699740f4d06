/**
 * Packages that only some users need.
 *
 * @module
 */

import { APIKIT_ERR_MISSING_PEER } from '../types/errors.ts'

// In a bundle of CommonJS `import.meta` is empty. Nothing is called `createRequire`: the banner that bundles of ES modules begin with is.
// Below `node --eval` there is a `__filename` for ES modules, too: "[eval]".
const isFile = typeof __filename === 'string' && process.getBuiltinModule('node:path').isAbsolute(__filename)
const load = process.getBuiltinModule('node:module').createRequire(isFile ? __filename : import.meta.url)

/** Returns the path of a file in a package. */
export const resolvePeer = load.resolve

/**
 * Loads a package when it is first needed. Bundlers follow only `require` of a literal, which ES modules do not
 * have: `scripts/build.ts` adds it to each call with a literal specifier, as `bundled`.
 *
 * @param owner What needs it, for the message: `fastify-apikit/docs`.
 * @param specifier Specifier of the package, or of a file in it.
 * @param bundled Loads it from a bundle.
 * @throws APIKIT_ERR_MISSING_PEER when the package is neither installed nor bundled.
 */
export function optionalPeer<T> (owner: string, specifier: string, bundled?: () => T): T {
  const attempts = isTranspiled() && bundled !== undefined ? [bundled, load] : [load]
  let cause: unknown
  for (const attempt of attempts) {
    try {
      return attempt(specifier)
    } catch (error) {
      cause ??= error
    }
  }
  const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
  throw Object.assign(new APIKIT_ERR_MISSING_PEER(`${owner} needs the package "${name}"`, name), { cause })
}

/** Whether this runs as something else than the ES module that it is: in a bundle, where `require` is Node's or a stand-in. */
function isTranspiled (): boolean {
  return typeof require === 'function'
}

/** Returns those packages that are not installed. What a bundle has in it is not known: each plugin will say what it lacks. */
export function missingPeers (names: readonly string[]): string[] {
  if (isTranspiled()) return []
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
