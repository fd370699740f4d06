/**
 * Where this package is.
 *
 * @module
 */

import { existsSync } from 'node:fs'
import { join } from 'node:path'

function above (folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : above(join(folder, '..'))
}

/** The folder of the package's `package.json`: above `scripts/cli` and above `dist/scripts/cli`. */
export const packageFolder = above(import.meta.dirname)
