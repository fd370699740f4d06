/**
 * Runs the tests of the plugins with the newest Fastify 6, in a copy of the repository that has it installed:
 * `npm run test:fastify6 -- [TEST…]`.
 *
 * @module
 */

import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { newestFastify6 } from './consumers/pairs.ts'
import { root } from './consumers/workspace.ts'

/** What the copy makes for itself. */
const LEFT = new Set(['.git', '.tap', 'dist', 'node_modules', 'scratch'])

const version = await newestFastify6()
const dir = mkdtempSync(join(tmpdir(), 'apikit-fastify-6-'))
process.on('exit', () => { rmSync(dir, { recursive: true, force: true }) })
cpSync(root, dir, { recursive: true, filter: path => !LEFT.has(basename(path)) || path.includes(`${join(root, 'test')}/`) })

function run (command: string, ...args: string[]): number {
  return spawnSync(command, args, { cwd: dir, stdio: 'inherit' }).status ?? 1
}

console.log(`fastify ${version}, in ${dir}`)
// Plugins of others may name Fastify 5 among their peers. Not --legacy-peer-deps, which would leave out the peers of pg-boss.
const installed = run('npm', 'install', '--save-dev', `fastify@${version}`, '--force', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund')
// The tests run on the Node of the devDependencies, which a script puts in its place.
const prepared = installed === 0 ? run('npm', 'rebuild', 'node', 'esbuild') : installed
const chosen = process.argv.length > 2 ? process.argv.slice(2) : globSync('test/plugins/**/*.test.ts', { cwd: dir })
process.exitCode = prepared === 0 ? run(join('node_modules', '.bin', 'tap'), 'run', '--disable-coverage', ...chosen) : prepared
