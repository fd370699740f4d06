/**
 * Values of the options for a server. fastify-cli passes them on as they are, and they fail as a stack trace, or do nothing.
 *
 * @module
 */

import { resolve } from 'node:path'
import { isFile } from './app-file.ts'
import { UsageError } from './failures.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** The largest value of each option that is a whole number. */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['port', 65_535], ['health-port', 65_535], ['debug-port', 65_535], ['trust-proxy-hop', Number.MAX_SAFE_INTEGER], ['body-limit', Number.MAX_SAFE_INTEGER],
  // What a timer of Node takes.
  ['close-grace-delay', 2 ** 31 - 1], ['plugin-timeout', 2 ** 31 - 1]
])

/** @throws UsageError when it is none of Pino's */
export function checkLevel (level: string): void {
  if (!LEVELS.includes(level)) throw new UsageError(`--log-level must be one of ${LEVELS.join(', ')}, got "${level}"`)
}

/**
 * Checks values by the names of their options.
 *
 * @param cwd where files are
 * @throws UsageError for the first that is wrong
 */
export function checkServerValues (values: Readonly<Record<string, string | boolean | undefined>>, cwd: string): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue
    const most = NUMBERS.get(name)
    if (most !== undefined && !(/^\d{1,16}$/.test(String(value)) && Number(value) <= most)) {
      throw new UsageError(`--${name} must be a whole number from 0 to ${most}, got "${String(value)}"`)
    }
    // A logger of the app's own may have other levels.
    if (name === 'log-level' && values['logging-module'] === undefined) checkLevel(String(value))
    if (name === 'config' && !isFile(resolve(cwd, String(value)))) throw new UsageError(`The file ${String(value)} of --config does not exist in ${cwd}`)
  }
}
