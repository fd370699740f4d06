/**
 * Builds what is published into `dist/`, which mirrors the tree: `node scripts/build.ts [--out DIR]`.
 *
 * @module
 */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
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

// CommonJS has declarations of its own: those of TypeBox 0.34 for `import` and for `require` are not the same types.
// Of packages that have no CommonJS, they name the types of the ES modules.
const ES_MODULES = /^import (?:type )?([^;]*?) from '((?:kysely|jose|oauth4webapi|temporal-polyfill)(?:\/[^']+)?)';$/gm
for (const file of globSync('plugins/**/*.d.ts', { cwd: out })) {
  const text = readFileSync(join(out, file), 'utf8')
    .replaceAll(/(['"])(\.\.?\/[^'"]+)\.ts\1/g, '$1$2.cts$1')
    .replaceAll(ES_MODULES, (_import, names: string, specifier: string) => `import type ${names.replaceAll('type ', '')} from '${specifier}' with { 'resolution-mode': 'import' };`)
  writeFileSync(join(out, file.replace(/\.ts$/, '.cts')), text)
}

// What `db` is made with. A bundle of an app that only could load it must be possible without, and `db` says what it lacks.
const kysely = new Map<string, Set<string>>()
for (const file of globSync('plugins/db/**/*.js', { cwd: out })) {
  const text = readFileSync(join(out, file), 'utf8')
  const loaded = text.replaceAll(/^import \{([^}]*)\} from '(kysely(?:\/[^']+)?)';$/gm, (_import, names: string, specifier: string) => {
    kysely.set(specifier, new Set([...kysely.get(specifier) ?? [], ...names.split(',').map(name => name.trim())]))
    return `import {${names}} from '${relative(dirname(file), 'plugins/db/kysely.js').replace(/^(?!\.)/, './')}';`
  })
  assert.doesNotMatch(loaded, /from 'kysely/, `${file} imports kysely in a way that cannot be put off; import names`)
  writeFileSync(join(out, file), loaded)
}
const exported = [...kysely].map(([specifier, names]) => `export const { ${[...names].join(', ')} } = optionalPeer('fastify-apikit/db', '${specifier}');\n`)
writeFileSync(join(out, 'plugins', 'db', 'kysely.js'), `import { optionalPeer } from '../core/peer.js';\n${exported.join('')}`)

/** Files of native code, which no bundler reads. */
const NATIVE = /^@node-rs\//

// Bundlers follow `require` of a literal. In `try`, they go on where the package is not installed.
for (const file of globSync('plugins/**/*.js', { cwd: out })) {
  const text = readFileSync(join(out, file), 'utf8')
  const followed = text.replaceAll(/\b(optionalPeer\([^()]*(?:\([^()]*\)[^()]*)?, '([^']+)')\)/g, (call, start: string, specifier: string) =>
    NATIVE.test(specifier) ? call : `${start}, () => { try { return require('${specifier}') } catch (error) { throw error } })`)
  if (followed !== text) writeFileSync(join(out, file), followed)
}
