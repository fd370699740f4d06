/**
 * The package as `npm publish` would pack it, in folders outside of the repository.
 *
 * @module
 */

import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { packInto } from '../scripts/pack.ts'

export const root = join(import.meta.dirname, '..')
const OFFLINE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED|ENETUNREACH|EHOSTUNREACH)\b/

/** For Node alone, past tap's loader. */
export const env = { ...process.env, NODE_OPTIONS: '', _TAPJS_PROCESSINFO_COVERAGE_: '0' }

/** An empty folder, so that nothing is found in the `node_modules` above it. */
export function emptyFolder (t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'consumer-'))
  t.teardown(() => { rmSync(dir, { recursive: true, force: true }) })
  return dir
}

export function npm (cwd: string, ...args: string[]): SpawnSyncReturns<string> {
  return spawnSync('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund'], { cwd, encoding: 'utf8', timeout: 60_000 })
}

/** Whether npm failed because it reaches no registry. */
export function isOffline ({ status, stderr }: SpawnSyncReturns<string>): boolean {
  return status === null || (status !== 0 && OFFLINE.test(stderr))
}

/** Builds and packs the package in a folder of its own. */
export function pack (t: Test): { dist: string, tarball: string } {
  return packInto(emptyFolder(t))
}

/** Runs Node alone. */
export function node (cwd: string, ...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env })
}

export function succeeds (t: Test, what: string, { status, stdout, stderr }: SpawnSyncReturns<string>): void {
  if (status === 0) t.pass(what)
  else t.fail(`${what} ended with ${status}: ${stdout}${stderr}`)
}

/** The version of a package in this repository, so that npm finds it in its cache. */
export function versionOf (name: string): string {
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version
}
