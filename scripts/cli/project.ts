/**
 * The files of a new project, out of those in `template/`.
 *
 * - `items.database.ts` replaces `items.ts` in a project with a database; without, it is left out.
 * - Lines between `// if auth` and `// end` stand only in a project with auth; `else` is for the others. In Markdown the
 *   comments are `<!-- if … -->`, elsewhere `# if …`.
 *
 * @module
 */

import { randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageFolder } from './package.ts'

export const DATABASES = ['sqlite', 'postgres'] as const

/** What a project is made with. */
export interface Features {
  readonly database: typeof DATABASES[number] | undefined
  readonly auth: boolean
}

const TEMPLATE = join(import.meta.dirname, 'template')
/** In the files of the template. */
const NAME = 'template-name'

/** Returns the files of a project: path and text. */
export function filesOf (name: string, features: Features): ReadonlyMap<string, string> {
  const flags = flagsOf(features)
  const files = new Map<string, string>()
  for (const [path, flag] of templates()) {
    if (flag !== undefined && !flags.has(flag)) continue
    const text = chosen(readFileSync(join(TEMPLATE, path), 'utf8'), flags).replaceAll(NAME, name)
    if (text.trim() !== '') files.set(targetOf(path, flag), text)
  }
  files.set('package.json', `${JSON.stringify(manifest(name, features), null, 2)}\n`)
  // Not in the repository of the project: a secret of this machine.
  files.set('.env', String(files.get('.env.example'))
    .replace('Copy to .env, which is not in the repository.', 'Not in the repository.')
    .replace('JWT_SECRET=', `JWT_SECRET=${randomBytes(32).toString('hex')}`))
  return files
}

function flagsOf ({ database, auth }: Features): ReadonlySet<string> {
  return new Set([...database === undefined ? [] : ['database', database], ...auth ? ['auth'] : []])
}

/** The files of the template, and the flag in their names. Those with one come last: they replace the others. */
function templates (): ReadonlyArray<readonly [path: string, flag: string | undefined]> {
  return globSync('**/{*.*,Dockerfile}', { cwd: TEMPLATE }).sort()
    .map(path => [path, /\.(auth|database)\.[a-z]+$/.exec(path)?.[1]] as const)
    .toSorted(([, one], [, other]) => Number(one !== undefined) - Number(other !== undefined))
}

/** npm publishes no .gitignore, and tools would read the other: they have no dot in the template. */
function targetOf (path: string, flag: string | undefined): string {
  return path.replace(`.${flag}.`, '.').replace(/^dot\./, '.')
}

function chosen (text: string, flags: ReadonlySet<string>): string {
  const open: boolean[] = []
  return text.split('\n').filter(line => {
    const [, word, flag] = /^\s*(?:\/\/|#|<!--) (if|else|end)(?: ([a-z]+))?(?: -->)?$/.exec(line) ?? []
    if (word === 'if') open.push(flags.has(String(flag)))
    if (word === 'else') open.push(open.pop() === false)
    if (word === 'end') open.pop()
    return word === undefined && open.every(Boolean)
  }).join('\n')
}

const DEPENDENCIES = ['@fastify/autoload', '@fastify/swagger', '@fastify/swagger-ui', '@fastify/type-provider-typebox', '@sinclair/typebox', 'fastify', 'fastify-cli', 'fastify-plugin']
const DEV_DEPENDENCIES = ['@types/node', 'openapi-typescript', 'typescript']

/** Returns the names of the packages that a project needs. */
export function packagesOf ({ database, auth }: Features): string[] {
  return [
    ...DEPENDENCIES, ...DEV_DEPENDENCIES, 'fastify-apikit',
    ...database === undefined ? [] : ['kysely'],
    ...database === 'postgres' ? ['pg'] : [],
    ...auth ? ['@fastify/jwt', '@node-rs/argon2'] : []
  ].sort()
}

/** In the versions that this package is tested with. */
function manifest (name: string, features: Features): object {
  const own = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  const versions: Readonly<Record<string, string>> = { ...own.peerDependencies, ...own.dependencies, ...own.devDependencies, 'fastify-apikit': `^${own.version}` }
  const ranges = (isDev: boolean) => Object.fromEntries(packagesOf(features)
    .filter(one => DEV_DEPENDENCIES.includes(one) === isDev).map(one => [one, versions[one]]))
  return {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    engines: own.engines,
    scripts: {
      start: 'fastify-apikit start',
      dev: 'fastify-apikit dev',
      test: 'tsc && node --test "test/**/*.test.ts"',
      openapi: 'fastify-apikit openapi',
      client: 'fastify-apikit client',
      ...features.database !== undefined && { migrate: 'fastify-apikit migrate', seed: 'fastify-apikit seed' }
    },
    dependencies: ranges(false),
    devDependencies: ranges(true),
    // It says ^5, and runs on 6.
    overrides: { 'openapi-typescript': { typescript: '$typescript' } }
  }
}
