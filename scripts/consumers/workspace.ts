/**
 * Folders outside of the repository in which the package is installed as somebody else would.
 *
 * @module
 */

import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packInto } from '../pack.ts'

export const root = join(import.meta.dirname, '..', '..')
export const fixtures = join(import.meta.dirname, 'fixtures')

export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. */
export async function run (cwd: string, command: string, ...args: readonly string[]): Promise<Ended> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } })
  const [out, err] = [child.stdout, child.stderr].map(stream => stream.setEncoding('utf8').toArray())
  const status = await new Promise<number | null>(resolve => { child.on('close', resolve) })
  return { status, stdout: (await out ?? []).join(''), stderr: (await err ?? []).join('') }
}

/** @throws Error with what the program has printed, unless it ended with 0 */
export async function succeed (cwd: string, command: string, ...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await run(cwd, command, ...args)
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${status}\n${stdout}${stderr}`)
  return stdout
}

const folder = mkdtempSync(join(tmpdir(), 'apikit-consumers-'))
process.on('exit', () => { rmSync(folder, { recursive: true, force: true }) })

/** An empty folder, in which no `node_modules` above is found. */
export function emptyFolder (): string {
  return mkdtempSync(join(folder, 'run-'))
}

let packed: string | undefined

/** The tarball; packed once. */
export function tarball (): string {
  packed ??= packInto(emptyFolder()).tarball
  return packed
}

const installs = new Map<string, Promise<string>>()

/**
 * Installs packages, without flags that would hide conflicts of peers. The same packages are installed once.
 *
 * @param packages with their versions; the package itself is added
 * @throws Error with what npm says
 */
export async function installed (packages: readonly string[]): Promise<string> {
  const key = packages.join()
  const install = installs.get(key) ?? installAll(packages)
  installs.set(key, install)
  return await install
}

async function installAll (packages: readonly string[]): Promise<string> {
  const dir = emptyFolder()
  writeFileSync(join(dir, 'package.json'), '{ "private": true, "type": "module" }')
  await succeed(dir, 'npm', 'install', ...packages, tarball(), '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund')
  cpSync(fixtures, dir, { recursive: true })
  return dir
}

const tools = new Map<string, Promise<string>>()

/** Returns the folder of a tool, which is kept from run to run. */
export async function tool (name: string, version: string): Promise<string> {
  const key = `${name}@${version}`
  const dir = tools.get(key) ?? toolAt(key, join(tmpdir(), 'apikit-consumers-tools', key.replaceAll('/', '+')))
  tools.set(key, dir)
  return join(await dir, 'node_modules', name)
}

async function toolAt (key: string, dir: string): Promise<string> {
  if (existsSync(join(dir, 'installed'))) return dir
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'package.json'), '{ "private": true }')
  await succeed(dir, 'npm', 'install', key, '--ignore-scripts', '--no-audit', '--no-fund')
  writeFileSync(join(dir, 'installed'), '')
  return dir
}

/** Path of the program of a tool. */
export async function program (name: string, version: string): Promise<string> {
  const dir = await tool(name, version)
  const { bin } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
  return join(dir, typeof bin === 'string' ? bin : bin.tsc ?? Object.values(bin)[0])
}

/** The version of a package in this repository. */
export function versionOf (name: string): string {
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version
}
