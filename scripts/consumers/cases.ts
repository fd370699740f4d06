/**
 * What is tried, by name.
 *
 * @module
 */

import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Format } from 'esbuild'
import { LANGUAGES, tryGenerated, WAYS } from './generated.ts'
import { bareApp, fullApp, newestFastify6, PAIRS } from './pairs.ts'
import { emptyFolder, fixtures, installed, program, root, run, succeed, tarball } from './workspace.ts'

/** Throws what is wrong. */
export type Case = () => Promise<void>

const COMPILERS = ['5.9', '6.0', '7.0']
const RESOLUTIONS = { node16: { module: 'node16' }, nodenext: { module: 'nodenext' }, bundler: { module: 'preserve', moduleResolution: 'bundler' } }
const KINDS = { esm: 'module', cjs: 'commonjs' }

const STRICT = {
  target: 'es2023', lib: ['es2023'], strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true, types: ['node']
}

/** Provider 6 declares CommonJS under node16 by typebox 1, which has none. */
const UNAVOIDABLE = /^\S*node_modules\/@fastify\/type-provider-typebox\/dist\/cjs\/index\.d\.ts\(.* error TS1479: .*import\("typebox[/")]/

function * typeCases (): Generator<[string, Case]> {
  for (const pair of Object.keys(PAIRS)) {
    for (const version of COMPILERS) {
      for (const [resolution, options] of Object.entries(RESOLUTIONS)) {
        for (const skipLibCheck of [false, true]) {
          for (const [kind, type] of Object.entries(KINDS)) {
            const name = `types/${pair}/typescript-${version}/${resolution}/${kind}/${skipLibCheck ? 'skip-lib-check' : 'lib-check'}`
            yield [name, async () => {
              const dir = join(await installed(fullApp(pair)), name.replaceAll('/', '-'))
              mkdirSync(dir)
              cpSync(join(fixtures, 'types.ts'), join(dir, 'types.ts'))
              writeFileSync(join(dir, 'package.json'), JSON.stringify({ type }))
              writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...STRICT, ...options, skipLibCheck }, files: ['types.ts'] }))
              const { status, stdout, stderr } = await run(dir, process.execPath, await program('typescript', version), '-p', dir)
              const problems = stdout.split('\n').filter(line => line !== '' && !UNAVOIDABLE.test(line))
              if (problems.length > 0 || (status !== 0 && stdout === '')) throw new Error([...problems, stderr].join('\n'))
            }]
          }
        }
      }
    }
  }
}

/** Fastify and others are CommonJS: in a bundle of ES modules they ask for Node's own modules by `require`. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

async function bundle (dir: string, entry: string, format: Format, minify: boolean): Promise<string> {
  const outfile = join(dir, `${entry}-${format}${minify ? '-min' : ''}.${format === 'esm' ? 'mjs' : 'cjs'}`)
  const { warnings } = await build({
    entryPoints: [join(dir, `${entry}.mjs`)],
    bundle: true,
    minify,
    platform: 'node',
    target: 'node22',
    format,
    outfile,
    logLevel: 'silent',
    ...format === 'esm' && { banner: { js: REQUIRE } }
  })
  if (warnings.length > 0) throw new Error(`esbuild warns: ${warnings.map(({ text }) => text).join('; ')}`)
  return outfile
}

/** Throws unless the app printed `ok`, and nothing else. */
async function runs (cwd: string, file: string): Promise<void> {
  const { status, stdout, stderr } = await run(cwd, process.execPath, file)
  if (status !== 0 || stdout.trim() !== 'ok' || stderr !== '') throw new Error(`${file} ended with ${status}\n${stdout}${stderr}`)
}

function * bundleCases (): Generator<[string, Case]> {
  for (const format of ['esm', 'cjs'] as const) {
    for (const minify of [false, true]) {
      const name = `bundle/${format}/${minify ? 'minified' : 'plain'}`
      yield [`${name}/with-node-modules`, async () => {
        const dir = await installed(fullApp('typebox-1'))
        await runs(dir, await bundle(dir, 'app', format, minify))
      }]
      yield [`${name}/alone`, async () => {
        const [dir, alone] = [await installed(fullApp('typebox-1')), emptyFolder()]
        cpSync(await bundle(dir, 'app', format, minify), join(alone, `app.${format === 'esm' ? 'mjs' : 'cjs'}`))
        await runs(alone, join(alone, `app.${format === 'esm' ? 'mjs' : 'cjs'}`))
      }]
      yield [`${name}/missing-peers`, async () => {
        const dir = await installed(bareApp('typebox-1'))
        await runs(dir, await bundle(dir, 'missing', format, minify))
      }]
    }
  }
}

function * runCases (): Generator<[string, Case]> {
  for (const pair of Object.keys(PAIRS)) {
    yield [`run/${pair}/import`, async () => { await runs(await installed(fullApp(pair)), 'app.mjs') }]
    yield [`run/${pair}/require`, async () => { await runs(await installed(fullApp(pair)), 'app.cjs') }]
    yield [`run/${pair}/missing-peers`, async () => { await runs(await installed(bareApp(pair)), 'missing.mjs') }]
    yield [`run/${pair}/fastify-6`, async () => { await runs(await installed(fullApp(pair, await newestFastify6())), 'app.mjs') }]
  }
}

function * generatedCases (): Generator<[string, Case]> {
  for (const language of Object.keys(LANGUAGES)) {
    for (const way of Object.keys(WAYS) as Array<keyof typeof WAYS>) {
      yield [`generate/${language}/${way}`, async () => { await tryGenerated(language, way) }]
    }
  }
}

function * packageCases (): Generator<[string, Case]> {
  yield ['package/publint', async () => { await succeed(root, process.execPath, join(root, 'node_modules', '.bin', 'publint'), 'run', tarball(), '--strict') }]
  // The declarations for `require` are of CommonJS, and the file is an ES module, which Node can require.
  yield ['package/attw', async () => { await succeed(root, process.execPath, await program('@arethetypeswrong/cli', '0.18'), tarball(), '--profile', 'esm-only', '--ignore-rules', 'false-cjs') }]
}

/** All of them, cheap ones first. */
export function allCases (): Map<string, Case> {
  return new Map([...packageCases(), ...runCases(), ...generatedCases(), ...bundleCases(), ...typeCases()])
}
