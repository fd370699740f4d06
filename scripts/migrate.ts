/**
 * The tables of the reference app's database: `npm run migrate -- up | down [plugin] | new NAME | diff [NAME] | status`.
 *
 * - `up` does all that is not done yet, those of plugins first; `down` undoes the last one of the app, or of a plugin.
 * - `new` writes an empty migration; `diff` one that makes the tables of the database what `schemas/tables.ts` says.
 *   Read it before you run it.
 * - `status` lists what is done and what is not.
 *
 * @module
 */

import { join, relative } from 'node:path'
import Fastify from 'fastify'
import app, { options } from '../app.ts'
import { diff, down, openDatabase, statusOf, up, writeMigration } from '../plugins/db/index.ts'

const folder = join(import.meta.dirname, '..', 'schemas', 'migrations')
const specifier = '../../plugins/db/index.ts'
const say = (line: string): void => { process.stdout.write(`${line}\n`) }
const here = (path: string): string => relative(process.cwd(), path)

const COMMANDS = {
  async up () {
    const done = await up(await database())
    say(done.length === 0 ? 'Nothing to do.' : done.map(name => `done    ${name}`).join('\n'))
  },
  async down (plugin?: string) {
    const undone = await down(await database(), plugin)
    say(undone.length === 0 ? 'Nothing to undo.' : undone.map(name => `undone  ${name}`).join('\n'))
  },
  async new (...title: string[]) {
    say(`written ${here(await writeMigration({ title: title.join(' '), folder, specifier }))}`)
  },
  async diff (...title: string[]) {
    const steps = await diff(await database())
    if (steps === undefined) return say('The database is as the tables say.')
    say(`written ${here(await writeMigration({ title: title.join(' ') || 'diff', folder, specifier, steps }))}: read it before you run it`)
  },
  async status () {
    const states = await statusOf(await database())
    for (const { name, at } of states) say(`${at === undefined ? 'to do   ' : 'done    '}${name}${at === undefined ? '' : `  ${at.toISOString()}`}`)
    if (states.length === 0) say('There are no migrations.')
  }
}

const server = Fastify(options)

/** The app's, with what its plugins have brought; nothing of it is started. */
async function database (): Promise<ReturnType<typeof openDatabase>> {
  await server.register(app)
  return server.db
}

const [command = '', ...args] = process.argv.slice(2)
try {
  if (!Object.hasOwn(COMMANDS, command)) throw new Error('usage: npm run migrate -- up | down [PLUGIN] | new NAME | diff [NAME] | status')
  await COMMANDS[command as keyof typeof COMMANDS](...args)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  await server.close()
}
