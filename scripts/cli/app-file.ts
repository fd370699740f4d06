/**
 * Finds the file of the app.
 *
 * @module
 */

import { existsSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { Failure, UsageError } from './failures.ts'
import { readJson } from './output.ts'
import { packageFolder } from './package.ts'

const NAMES = ['', 'src/'].flatMap(folder => ['ts', 'js', 'mts', 'mjs', 'cjs'].map(extension => `${folder}app.${extension}`))
const TYPESCRIPT = /\.[mc]?ts$/

/**
 * Returns the path of the app's file: the one that is named, or the first that is there of `app.ts`, `app.js` …, the
 * same in `src/`, and `main` of `package.json`.
 *
 * @throws UsageError when the named file is not there
 * @throws Failure when none is found, with the names that were looked for
 */
export function findApp (cwd: string, named: string | undefined): string {
  if (named !== undefined) {
    if (!isFile(resolve(cwd, named))) throw new UsageError(`The app ${named} does not exist in ${cwd}`)
    return runnable(cwd, resolve(cwd, named))
  }
  const main = mainOf(cwd)
  const found = [...NAMES, ...main === undefined ? [] : [main]].find(name => isFile(join(cwd, name)))
  if (found === undefined) throw new Failure(`No app found in ${cwd}. Looked for ${NAMES.join(', ')}, and "main" of package.json (${main ?? 'not set'}). Name the file: --app FILE.`)
  return runnable(cwd, join(cwd, found))
}

/** Whether a path leads to a file. */
export function isFile (path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** Whether a path leads to a folder. */
export function isFolder (path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function mainOf (cwd: string): string | undefined {
  const name = 'package.json'
  return existsSync(join(cwd, name)) ? Object(readJson({ cwd }, name, 'Expected the manifest of the project.')).main : undefined
}

function runnable (cwd: string, file: string): string {
  checkNode(relative(cwd, file))
  checkPackage(file)
  return file
}

/** @throws Failure when Node cannot run the file */
export function checkNode (file: string, features: { readonly typescript?: unknown } = process.features): void {
  if (!TYPESCRIPT.test(file) || features.typescript) return
  throw new Failure(`${file} is TypeScript, which Node runs from 22.18 on, unless types are not to be stripped. This is Node ${process.versions.node}.`)
}

/** What the plugins note of an app is kept in the package that the app has loaded: another copy finds nothing. */
function checkPackage (file: string): void {
  const own = packageOf(file)
  if (own === undefined || realpathSync(own) === realpathSync(packageFolder)) return
  throw new Failure(`The app uses fastify-apikit in ${own}, this command is of ${packageFolder}. Run the one of the project: npx fastify-apikit.`)
}

function packageOf (file: string): string | undefined {
  try {
    return dirname(createRequire(file).resolve('fastify-apikit/package.json'))
  } catch {
    return undefined
  }
}
