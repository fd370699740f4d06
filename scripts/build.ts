/**
 * Builds what is published into `dist/`, which mirrors the tree: `node scripts/build.ts [--out DIR]`.
 *
 * @module
 */

import { execFileSync } from 'node:child_process'
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

// CommonJS has declarations of its own: those of TypeBox 0.34 for `import` and for `require` are not the same types.
for (const file of globSync('**/*.d.ts', { cwd: out })) {
  const text = readFileSync(join(out, file), 'utf8')
  writeFileSync(join(out, file.replace(/\.ts$/, '.cts')), text.replaceAll(/(['"])(\.\.?\/[^'"]+)\.ts\1/g, '$1$2.cts$1'))
}

/** Files of native code, which no bundler reads. */
const NATIVE = /^@node-rs\//

// Bundlers follow `require` of a literal. In `try`, they go on where the package is not installed.
for (const file of globSync('plugins/**/*.js', { cwd: out })) {
  const text = readFileSync(join(out, file), 'utf8')
  const followed = text.replaceAll(/\b(optionalPeer\([^()]*(?:\([^()]*\)[^()]*)?, '([^']+)')\)/g, (call, start: string, specifier: string) =>
    NATIVE.test(specifier) ? call : `${start}, () => { try { return require('${specifier}') } catch (error) { throw error } })`)
  if (followed !== text) writeFileSync(join(out, file), followed)
}
