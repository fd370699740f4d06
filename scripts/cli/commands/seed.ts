import { join, resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { importFile } from '../../../plugins/core/import-file.ts'
import { registrations } from '../../../plugins/core/registry.ts'
import { withApp } from '../app.ts'
import { isFile } from '../app-file.ts'
import { APP_OPTION, command, type Io } from '../command.ts'
import { statementFailure, withDatabaseErrors, withStatementErrors } from '../database-errors.ts'
import { asFailure, Failure, UsageError } from '../failures.ts'
import { tellApplied } from '../output.ts'

const NAMES = ['schemas/seed', 'seed', 'src/seed'].flatMap(name => [`${name}.ts`, `${name}.js`])

export const seed = command({
  summary: 'Runs the migrations of all databases, then the seed of the project: example data.',
  takes: '[SEED]',
  most: 1,
  details: `The seed is a module: export default async function (app) { … }. It gets the app with its plugins, which does not listen, and may return a line to print.\nLooked for: ${NAMES.join(', ')}.`,
  options: APP_OPTION,
  run: async ({ positionals: [named], values: { app } }, io) => {
    const file = findSeed(io, named)
    const { default: plant }: { default?: (app: FastifyInstance) => unknown } = await importFile(file).catch(asFailure)
    if (typeof plant !== 'function') throw new Failure(`${file} exports no function. Expected: export default async function (app) { … }`)
    return await withDatabaseErrors(() => withApp(io, { app }, async ({ server }) => {
      const databases = registrations(server).filter(({ plugin }) => plugin === 'db').map(({ scope, options }) => ({ scope, name: 'default', ...options }))
      for (const { scope, name } of databases) {
        const { up } = await import('../../../plugins/db/index.ts')
        await withStatementErrors(() => up(scope.database(name)).catch((error: unknown) => tellApplied(io, error)))
      }
      const told = await planted(file, () => plant((databases.find(({ name }) => name === 'default') ?? databases[0])?.scope ?? server))
      if (typeof told === 'string') io.out(`${told}\n`)
      return 0
    }))
  }
})

/** Runs the seed. An error of its own code keeps its stack, which shows the line. */
async function planted (file: string, work: () => unknown): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    const known = statementFailure(error)
    if (!(known instanceof Failure) && !String(Object(error).code).startsWith('APIKIT_ERR_')) throw error
    throw Object.assign(new Failure(`The seed ${file} failed: ${Object(known).message}${/[.?!]$/.test(Object(known).message) ? '' : '.'} What it committed before is kept.`), { cause: error })
  }
}

function findSeed ({ cwd }: Io, named: string | undefined): string {
  if (named !== undefined && !isFile(resolve(cwd, named))) throw new UsageError(`The seed ${named} does not exist in ${cwd}`)
  const found = named ?? NAMES.find(name => isFile(join(cwd, name)))
  if (found === undefined) throw new Failure(`No seed found in ${cwd}. Looked for ${NAMES.join(', ')}. Name the file: fastify-apikit seed FILE.`)
  return resolve(cwd, found)
}
