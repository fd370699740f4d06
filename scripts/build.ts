/**
 * Builds what is published into `dist/`, which mirrors the tree: `node scripts/build.ts [--out DIR]`.
 *
 * @module
 */

import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const root = join(import.meta.dirname, '..')
const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'dist') } } })
const out = resolve(values.out)

rmSync(out, { recursive: true, force: true })
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
execFileSync(process.execPath, [tsc, '-p', join(import.meta.dirname, 'tsconfig.build.json'), '--outDir', out], { stdio: 'inherit' })

// What tsc leaves behind: pages, styles, scripts of the plugins.
cpSync(join(root, 'plugins'), join(out, 'plugins'), { recursive: true, filter: path => !/\.(ts|md)$/.test(path) })
// What `fastify-apikit new` copies: as it is.
cpSync(join(root, 'scripts', 'cli', 'template'), join(out, 'scripts', 'cli', 'template'), { recursive: true })
