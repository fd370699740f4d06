/**
 * Apps that `fastify generate` makes, with the package added in their own way. Their tests have to stay green.
 *
 * @module
 */

import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { emptyFolder, program, run, succeed, tarball, versionOf } from './workspace.ts'

interface Language {
  readonly flags: readonly string[]
  /** Where its app and its plugins are. */
  readonly source: string
  readonly extension: 'js' | 'ts'
  readonly importLine: string
  /** In place of the template's, which do not work. */
  readonly pinned?: readonly string[]
}

const IMPORT = "import apikit from 'fastify-apikit'\n"

export const LANGUAGES: Readonly<Record<string, Language>> = {
  js: { flags: ['--lang=js'], source: '.', extension: 'js', importLine: "const { default: apikit } = require('fastify-apikit')\n" },
  esm: { flags: ['--lang=js', '--esm'], source: '.', extension: 'js', importLine: IMPORT },
  // The template names TypeScript 6, which refuses its tsconfig.json, and which ts-node does not know.
  ts: { flags: ['--lang=ts'], source: 'src', extension: 'ts', importLine: IMPORT, pinned: ['typescript@5.9'] }
}

/** The two ways in: a file for autoload, or a call where the template says so. */
export const WAYS = {
  autoload: ({ source, extension, importLine }: Language, dir: string) => {
    const isCommonJs = importLine.startsWith('const')
    writeFileSync(join(dir, source, 'plugins', `apikit.${extension}`), `${importLine}${isCommonJs ? 'module.exports = apikit' : 'export default apikit'}\n`)
  },
  call: ({ source, extension, importLine }: Language, dir: string) => {
    const file = join(dir, source, `app.${extension}`)
    const text = readFileSync(file, 'utf8')
    const PLACE = '// Place here your custom code!'
    if (!text.includes(PLACE)) throw new Error(`${file} has no line ${PLACE}`)
    writeFileSync(file, importLine + text.replace(PLACE, 'await fastify.register(apikit)'))
  }
} as const

/** What the door needs for its standard set. */
const PEERS = ['@fastify/swagger', '@fastify/swagger-ui', 'redoc']

interface Generated {
  readonly made: string
  /** How many of its tests pass without the package. */
  readonly before: string
}

const generated = new Map<Language, Promise<Generated>>()

async function generate (language: Language): Promise<Generated> {
  const parent = emptyFolder()
  await succeed(parent, process.execPath, await program('fastify-cli', versionOf('fastify-cli')), 'generate', 'app', ...language.flags)
  const dir = join(parent, 'app')
  const packages = ['typebox@1', '@fastify/type-provider-typebox@6', ...PEERS.map(name => `${name}@${versionOf(name)}`), ...language.pinned ?? []]
  await succeed(dir, 'npm', 'install', ...packages, tarball(), '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund')
  return { made: dir, before: await passed(dir) }
}

/**
 * Throws unless the app's own tests pass, before and after the package is added, and it answers by the package then.
 *
 * @param name of the language
 */
export async function tryGenerated (name: string, way: keyof typeof WAYS): Promise<void> {
  const language = LANGUAGES[name] as Language
  const generating = generated.get(language) ?? generate(language)
  generated.set(language, generating)
  const { made, before } = await generating
  const dir = join(emptyFolder(), 'app')
  cpSync(made, dir, { recursive: true, verbatimSymlinks: true })
  WAYS[way](language, dir)
  const after = await passed(dir)
  if (after !== before) throw new Error(`${before} tests passed before, ${after} after`)
  await answers(dir, language)
}

/** Runs the tests, and returns how many there are. */
async function passed (dir: string): Promise<string> {
  const output = await succeed(dir, 'npm', 'test')
  const count = /^\D*pass (\d+)$/m.exec(output)?.[1]
  if (count === undefined || count === '0') throw new Error(`no test ran\n${output}`)
  return count
}

/** In the way of its tests, in which `fastify.register` of the CLI makes no scope. */
const ASK = `
  const { build } = require('fastify-cli/helper')
  build([process.argv[1]], { skipOverride: true }).then(async app => {
    const answers = await Promise.all(['/openapi.json', '/nowhere', '/example'].map(url => app.inject(url)))
    console.log(JSON.stringify(answers.map(({ statusCode, body }, at) => [statusCode, at === 0 ? Object.keys(JSON.parse(body).paths) : body])))
    await app.close()
  })`

async function answers (dir: string, { source, extension }: Language): Promise<void> {
  // Of TypeScript the tests have built it.
  const app = extension === 'ts' ? join('dist', 'app.js') : join(source, 'app.js')
  const { stdout, stderr } = await run(dir, process.execPath, '--eval', ASK, app)
  const expected = JSON.stringify([[200, ['/', '/example/']], [404, '{"detail":"Not Found"}'], [200, 'this is an example']])
  if (stdout.trim() !== expected) throw new Error(`answered ${stdout}${stderr}\nexpected ${expected}`)
}
