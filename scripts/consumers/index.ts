/**
 * Tries the package in apps of others: `npm run test:consumers -- [--only GLOB] [--list]`. Prints a line for each case, and
 * exits with 1 if one failed. Needs the registry of npm.
 *
 * @module
 */

import { matchesGlob } from 'node:path'
import { parseArgs } from 'node:util'
import { allCases } from './cases.ts'

const { values: { only = '**', list } } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean', default: false } } })
const chosen = [...allCases()].filter(([name]) => matchesGlob(name, only))

const failures: Array<[string, string]> = []

async function attempt (name: string, run: () => Promise<void>): Promise<void> {
  const start = Date.now()
  const failure = await run().then(() => undefined, (error: unknown) => error instanceof Error ? error.message : String(error))
  if (failure !== undefined) failures.push([name, failure])
  console.log(`${failure === undefined ? 'ok    ' : 'FAILED'} ${name.padEnd(66)} ${((Date.now() - start) / 1000).toFixed(1).padStart(6)} s`)
}

if (chosen.length === 0) {
  console.error(`no case is called ${only}; see --list`)
  process.exitCode = 1
} else if (list) {
  for (const [name] of chosen) console.log(name)
} else {
  // One after the other: compilers take all the memory that there is.
  for (const [name, run] of chosen) await attempt(name, run)
  for (const [name, failure] of failures) console.log(`\n${name}\n${failure.slice(0, 4000)}`)
  console.log(`\n${chosen.length - failures.length} passed, ${failures.length} failed`)
  if (failures.length > 0) process.exitCode = 1
}
