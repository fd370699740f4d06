#!/usr/bin/env node
/**
 * The command line: `npx fastify-apikit COMMAND`.
 *
 * @module
 */

import { refuseOldNode } from './node-version.ts'

refuseOldNode(process.versions.node, process)
const { main } = await import('./main.ts')

try {
  // As fastify-cli does: an app finds the same environment in all commands.
  process.loadEnvFile()
} catch {}

const code = await main(process.argv.slice(2), {
  cwd: process.cwd(),
  out: text => { process.stdout.write(text) },
  err: text => { process.stderr.write(text) }
})
// Not later: an app may have left timers behind. Not before all is written.
if (code !== undefined) process.stdout.write('', () => process.exit(code))
