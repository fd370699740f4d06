import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { registrations } from '../../../plugins/core/registry.ts'
import { withApp } from '../app.ts'
import { isFile } from '../app-file.ts'
import { APP_OPTION, command, type Io } from '../command.ts'
import { withDatabaseErrors } from '../database-errors.ts'
import { Failure, UsageError } from '../failures.ts'

const NAMES = ['schemas/seed', 'seed', 'src/seed'].flatMap(name => [`${name}.ts`, `${name}.js`])

export const seed = command({
  summary: 'Runs the migrations of all databases, then the seed of the project: example data.',
  takes: '[SEED]',
  most: 1,
  details: `The seed is a module: export default async function (app) { … }. It gets the app with its plugins, which does not listen, and may return a line to print.\nLooked for: ${NAMES.join(', ')}.`,
  options: APP_OPTION,
  run: async ({ positionals: [named], values: { app } }, io) => {
    const file = findSeed(io, named)
    const { default: plant }: { default?: (app: FastifyInstance) => unknown } = await import(pathToFileURL(file).href)
    if (typeof plant !== 'function') throw new Failure(`${file} exports no function. Expected: export default async function (app) { … }`)
    return await withApp(io, { app }, async ({ server }) => {
      const databases = registrations(server).filter(({ plugin }) => plugin === 'db').map(({ scope, options }) => ({ scope, name: 'default', ...options }))
      for (const { scope, name } of databases) {
        const { up } = await import('../../../plugins/db/index.ts')
        await withDatabaseErrors(() => up(scope.database(name)))
      }
      const told = await plant((databases.find(({ name }) => name === 'default') ?? databases[0])?.scope ?? server)
      if (typeof told === 'string') io.out(`${told}\n`)
      return 0
    })
  }
})

function findSeed ({ cwd }: Io, named: string | undefined): string {
  if (named !== undefined && !isFile(resolve(cwd, named))) throw new UsageError(`The seed ${named} does not exist in ${cwd}`)
  const found = named ?? NAMES.find(name => isFile(join(cwd, name)))
  if (found === undefined) throw new Failure(`No seed found in ${cwd}. Looked for ${NAMES.join(', ')}. Name the file: fastify-apikit seed FILE.`)
  return resolve(cwd, found)
}
