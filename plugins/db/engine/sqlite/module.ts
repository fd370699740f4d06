/**
 * SQLite, as Node brings it along.
 *
 * @module
 */

import type { DatabaseSync } from 'node:sqlite'

/** Node 22 and 24 call it experimental on stderr at its first use; one who has chosen SQLite knows, and the rest of the warnings stay. */
const WARNING = /^SQLite is an experimental feature/

/** Loads `node:sqlite` at its first use, so that an app on PostgreSQL never does. */
export function loadSqlite (): typeof DatabaseSync {
  const { emitWarning } = process
  process.emitWarning = (warning: string | Error, ...rest: never[]) => {
    if (!WARNING.test(String(Object(warning).message ?? warning))) emitWarning.call(process, warning, ...rest)
  }
  try {
    return process.getBuiltinModule('node:sqlite').DatabaseSync
  } finally {
    process.emitWarning = emitWarning
  }
}
