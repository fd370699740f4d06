import { mkdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Steps } from '../../../plugins/db/index.ts'
import { withApp } from '../app.ts'
import { isFolder } from '../app-file.ts'
import { APP_OPTION, command, type Io } from '../command.ts'
import { DATABASE_OPTION, databaseIn } from '../database.ts'
import { withDatabaseErrors, withStatementErrors } from '../database-errors.ts'
import { Failure, UsageError } from '../failures.ts'
import { tellApplied } from '../output.ts'

/** What a step is given. */
interface Context {
  readonly db: FastifyInstance['db']
  readonly words: readonly string[]
  /** The last migration, of `--to`. */
  readonly to: string | undefined
  /** What names the database in a command. */
  readonly suffix: string
  /** Writes a migration. */
  readonly write: (steps?: Steps) => Promise<string>
}

/** Most arguments, and what is done: the lines that are printed. */
type Step = readonly [most: number, run: (context: Context) => Promise<string[]>]

/** Only here: it needs Kysely, which an app without a database does not have. */
const library = async () => await import('../../../plugins/db/index.ts')

const STEPS: Readonly<Record<string, Step>> = {
  up: [0, async ({ db, to }) => {
    const done = await (await library()).up(db, { ...to !== undefined && { to } })
    return done.length === 0 ? ['Nothing to do.'] : done.map(name => `done    ${name}`)
  }],
  down: [1, async ({ db, words: [set] }) => {
    const undone = await (await library()).down(db, set)
    return undone.length === 0 ? ['Nothing to undo.'] : undone.map(name => `undone  ${name}`)
  }],
  status: [0, async ({ db }) => {
    const states = await (await library()).statusOf(db)
    if (states.length === 0) return ['No migrations.']
    return states.map(({ name, at, edited, missing }) => at === undefined ? `to do   ${name}` : `${missing ? 'missing' : edited ? 'edited ' : 'done   '} ${name}  ${at.toISOString()}`)
  }],
  stamp: [0, async ({ db, to }) => {
    const stamped = await (await library()).stamp(db, { ...to !== undefined && { to } })
    return stamped.length === 0 ? ['Nothing to mark: the tables of the app are noted.'] : stamped.map(name => `marked  ${name}`)
  }],
  accept: [1, async ({ db, words: [step = ''] }) => {
    await (await library()).accept(db, step)
    return [`accepted ${step}`]
  }],
  diff: [Infinity, async ({ db, write, suffix }) => {
    const { diff, leftAlone, pendingOf } = await library()
    const pending = await pendingOf(db)
    // Its tables would be made a second time.
    if (pending.length > 0) throw new Failure(`The database lacks migrations: ${pending.join(', ')}. Run them first: fastify-apikit migrate up${suffix}.`)
    const steps = await diff(db)
    if (steps !== undefined) return [`written ${await write(steps)}: read it before you run it`]
    const alone = await leftAlone(db)
    return ['The database is as the tables say.', ...alone.length === 0 ? [] : ['Only the database has, and it is left alone:', ...alone.map(line => `  ${line}`)]]
  }],
  new: [Infinity, async ({ write }) => [`written ${await write()}`]]
}

export const migrate = command({
  summary: 'Changes the tables of the database, step by step.',
  takes: 'up | down [SET] | status | diff [NAME] | new NAME | stamp | accept NAME',
  most: Infinity,
  details: `migrate up          runs all migrations that are not done, those of plugins first; up to one with --to NAME
migrate down [SET]  undoes the last migration of the app, or of a plugin: down tasks
migrate status      lists what is done and what is not
migrate diff [NAME] writes a migration that makes the database what the tables of the app say. Read it before you run it
migrate new NAME    writes an empty migration
migrate stamp       marks migrations as done that something else has done: the first one of a database that you had before
migrate accept NAME says that the file of a migration may be another than the one that ran`,
  options: {
    folder: { type: 'string', value: 'DIR', description: 'Folder of new migrations, which must exist. Default: "migrations" of fastify-apikit/db in the app, then schemas/migrations. These are made.' },
    import: { type: 'string', value: 'SPECIFIER', description: 'Module that new migrations import from. Default: fastify-apikit/db.' },
    to: { type: 'string', value: 'NAME', description: 'Last migration for up and stamp.' },
    ...DATABASE_OPTION,
    ...APP_OPTION
  },
  run: async ({ positionals: [name = '', ...words], values }, io) => {
    const step = Object.hasOwn(STEPS, name) ? STEPS[name] : undefined
    if (step === undefined) throw new UsageError(`${name === '' ? 'Missing argument' : `Unknown argument "${name}"`}. Expected: ${Object.keys(STEPS).join(', ')}`)
    const [most, run] = step
    if (words.length > most) throw new UsageError(`Unexpected argument "${words[most]}"`)
    if (name === 'accept' && words.length === 0) throw new UsageError('migrate accept needs the name of a migration')
    if (values.to !== undefined && name !== 'up' && name !== 'stamp') throw new UsageError('--to is for migrate up and migrate stamp')
    const isWriting = name === 'new' || name === 'diff'
    if ((values.folder ?? values.import) !== undefined && !isWriting) throw new UsageError('--folder and --import are for migrate new and migrate diff')
    if (name === 'new' && words.length === 0) throw new UsageError('migrate new needs a name: migrate new add age to users')
    return await withDatabaseErrors(() => withApp(io, { app: values.app }, async ({ server }) => {
      const { db, folder: own } = databaseIn(server, values.database)
      const folder = isWriting ? await folderOf(io, own, values.folder) : ''
      const specifier = values.import ?? 'fastify-apikit/db'
      const title = words.join(' ') || name
      const { writeMigration } = await library()
      const write: Context['write'] = async steps => {
        const path = relative(io.cwd, await writing(folder, () => writeMigration({ title, folder, specifier, ...steps && { steps } })))
        if (own === undefined || resolve(io.cwd, own) !== folder) io.err(`The app does not read ${relative(io.cwd, folder)}. Name it in the option migrations of fastify-apikit/db.\n`)
        return path
      }
      const suffix = values.database === undefined ? '' : ` --database ${values.database}`
      const lines = await withStatementErrors(() => run({ db, words, write, to: values.to, suffix }).catch((error: unknown) => tellApplied(io, error)))
      io.out(`${lines.join('\n')}\n`)
      return 0
    }))
  }
})

/**
 * The folder that is written into. That of the app is made; `writeMigration` makes the default.
 *
 * @throws Failure when the option names one that does not exist
 */
async function folderOf ({ cwd }: Io, own: string | undefined, given: string | undefined): Promise<string> {
  if (given !== undefined && !isFolder(resolve(cwd, given))) throw new Failure(`The folder ${resolve(cwd, given)} of --folder does not exist. Correct the path, or make the folder.`)
  if (own !== undefined) await writing(resolve(cwd, own), () => mkdir(resolve(cwd, own), { recursive: true }))
  return resolve(cwd, given ?? own ?? join('schemas', 'migrations'))
}

/** @throws Failure where the system refuses to write */
async function writing<T> (folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { syscall, message } = Object(error)
    throw syscall === undefined ? error : new Failure(`The folder of migrations ${folder} cannot be written: ${message}. Correct its path (option migrations of fastify-apikit/db, or --folder), or its rights.`)
  }
}
