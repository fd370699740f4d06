/**
 * Chooses the command, and turns what comes out of it into an exit code: 0, 1 for work that failed, 2 for wrong input.
 *
 * @module
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { columns, type Command, helpOf, type Io, usageOf } from './command.ts'
import { client } from './commands/client.ts'
import { db } from './commands/db.ts'
import { dev } from './commands/dev.ts'
import { explain } from './commands/explain.ts'
import { migrate } from './commands/migrate.ts'
import { newProject } from './commands/new.ts'
import { openapi } from './commands/openapi.ts'
import { routes } from './commands/routes.ts'
import { seed } from './commands/seed.ts'
import { start } from './commands/start.ts'
import { worker } from './commands/worker.ts'
import { reportOf, UsageError } from './failures.ts'
import { packageFolder } from './package.ts'

const COMMANDS: Readonly<Record<string, Command>> = { new: newProject, dev, start, routes, explain, openapi, client, db, migrate, seed, worker }

const HELP = `usage: fastify-apikit COMMAND [ARGUMENTS] [OPTIONS]

${columns(Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary]))}

fastify-apikit COMMAND --help shows more about a command, fastify-apikit --version the version.
`

/**
 * Runs a command.
 *
 * @param args of the command line, the name of the command first
 * @returns the exit code, or `undefined` when the process goes on: a server
 */
export async function main (args: readonly string[], io: Io): Promise<number | undefined> {
  const [name = '', ...rest] = args
  if (['--help', '-h', 'help'].includes(name)) return rest.length === 0 ? say(io.out, HELP, 0) : await main([...rest, '--help'], io)
  if (['--version', '-v'].includes(name)) {
    if (rest.length > 0) return say(io.err, `Unexpected argument "${rest[0]}".\n${HELP}`, 2)
    return say(io.out, `${JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version}\n`, 0)
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) return say(io.err, `${name === '' ? 'Missing command' : `Unknown command "${name}"`}.\n${HELP}`, 2)

  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest
  if (own.includes('--help') || own.includes('-h')) return say(io.out, helpOf(name, command), 0)
  try {
    return await command.run(rest, io)
  } catch (error) {
    if (!(error instanceof UsageError)) return say(io.err, `${reportOf(error)}\n`, 1)
    return say(io.err, `${error.message}.\n${usageOf(name, command)}\nfastify-apikit ${name} --help shows more.\n`, 2)
  }
}

function say (write: (text: string) => void, text: string, code: number): number {
  write(text)
  return code
}
