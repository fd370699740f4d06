import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../command.ts'
import { UsageError } from '../failures.ts'
import { DATABASES, type Features, filesOf, packagesOf } from '../project.ts'
import { writeOutput } from '../output.ts'

export const newProject = command({
  summary: 'Makes a new project, which starts and tests in two commands.',
  takes: 'NAME',
  most: 1,
  details: 'Makes the folder NAME with an app, a section of routes, and its tests. The name is that of the package, too.',
  options: {
    database: { type: 'string', value: DATABASES.join('|'), description: 'With a database: tables, migrations, and routes that use them.' },
    auth: { type: 'boolean', description: 'With users who log in, and routes that only they may call.' },
    here: { type: 'boolean', description: 'Write into this folder, which must be empty, in place of a new one.' }
  },
  run: async ({ positionals: [name], values: { database, auth = false, here = false } }, io) => {
    if (name === undefined) throw new UsageError('Missing argument: the name of the project')
    const features: Features = { database: databaseOf(database), auth }
    checkName(name, features)
    const folder = here ? '.' : name
    if (!isEmpty(join(io.cwd, folder))) throw new UsageError(`The folder ${join(io.cwd, folder)} is not empty`)
    for (const [file, text] of filesOf(name, features)) writeOutput({ ...io, out: () => {} }, join(folder, file), text)
    const enter = here ? '' : `  cd ${name}\n`
    io.out(`Made ${name}. Next:\n\n${enter}  npm install && npm test\n  npm run dev\n`)
    return 0
  }
})

function databaseOf (text: string | undefined): Features['database'] {
  const database = DATABASES.find(one => one === text)
  if (text !== undefined && database === undefined) throw new UsageError(`--database must be ${DATABASES.join(' or ')}, got "${text}"`)
  return database
}

/** Names that npm takes for a package, and that are a folder. */
function checkName (name: string, features: Features): void {
  if (!/^[a-z\d][a-z\d._-]{0,99}$/.test(name)) {
    throw new UsageError(`The name "${name}" is invalid. Expected: lower-case letters, digits, ".", "_" and "-", at most 100, a letter or digit first`)
  }
  // npm installs no package into one of the same name.
  if (packagesOf(features).includes(name) || name === 'node_modules') throw new UsageError(`The name "${name}" is that of a package that the project needs. Choose another one`)
}

/** A repository that was just made counts as empty. */
function isEmpty (folder: string): boolean {
  try {
    return readdirSync(folder).every(name => name === '.git')
  } catch (error) {
    return Object(error).code === 'ENOENT'
  }
}
