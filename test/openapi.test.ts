import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient as generate } from '@hey-api/openapi-ts'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Validator } from '@seriousme/openapi-schema-validator'
import t from 'tap'
import ts from 'typescript'
import { breakingChanges } from '../plugins/docs/index.ts'
import { typesOf } from '../scripts/cli/commands/client.ts'
import { documentOf } from '../scripts/cli/commands/openapi.ts'

t.setTimeout(120_000) // generators and compilers on a busy machine

const root = join(import.meta.dirname, '..')
const document = await documentOf({ cwd: root, out: () => {}, err: () => {} }, undefined)
/** FastAPI writes `itemSchema`, a word of OpenAPI 3.2, into its documents of 3.1, for clients that know it. Validators of 3.1 do not. */
const json = JSON.stringify(document, (key, value) => key === 'itemSchema' ? undefined : value)

t.test('the document of the reference app is valid, say two validators', async t => {
  t.match(await new Validator().validate(JSON.parse(json)), { valid: true })

  const config = await createConfig({
    rules: {
      struct: 'error',
      'no-unresolved-refs': 'error',
      'operation-operationId-unique': 'error',
      'operation-operationId-url-safe': 'error',
      'operation-parameters-unique': 'error',
      'path-parameters-defined': 'error',
      'path-declaration-must-exist': 'error',
      'path-not-include-query': 'error',
      'spec-components-invalid-map-name': 'error',
      'no-enum-type-mismatch': 'error',
      'security-defined': 'off'
    }
  })
  const problems = await lintFromString({ source: json, absoluteRef: 'openapi.json', config })
  t.same(problems.map(({ message, location }) => `${location[0]?.pointer}: ${message}`), [])
})

t.test('nothing is broken that clients of the committed document know', async t => {
  const committed = JSON.parse(readFileSync(join(root, 'test', 'openapi.json'), 'utf8'))
  t.same(breakingChanges(committed, document), [], 'if that is meant: npm run openapi')
})

/** Runs an npm script of the repository, with more arguments. */
function run (script: string, ...args: string[]) {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const command = [...scripts[script].split(' ').slice(1), ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8', env: { ...process.env, DOCS__TITLE: 'Mine' } })
  return { status, lines: stdout.trim().split('\n'), stderr }
}

t.test('npm run openapi writes the document, the same whatever the settings of this machine', async t => {
  const file = join(t.testdir(), 'openapi.json')
  t.match(run('openapi', '--output', file), { status: 0, lines: [`written: ${file}`] })
  t.same(JSON.parse(readFileSync(file, 'utf8')), document)
})

t.test('npm run client writes the types of the reference app', async t => {
  const file = join(t.testdir(), 'paths.d.ts')
  t.match(run('client', '--output', file), { status: 0 })
  t.match(readFileSync(file, 'utf8'), '"/basic/": {')
})

t.test('what generators make of it compiles', async t => {
  const dir = t.testdir()
  const client = join(dir, 'hey')
  mkdirSync(client)
  writeFileSync(join(dir, 'openapi.json'), json)
  writeFileSync(join(dir, 'paths.d.ts'), await typesOf(document))
  await generate({ input: join(dir, 'openapi.json'), output: client, logs: { level: 'silent', file: false } })
  const library = JSON.stringify(join(root, 'plugins', 'client', 'index.ts'))
  writeFileSync(join(dir, 'use.ts'), `
    import { createClient, unwrap } from ${library}
    import type { paths } from './paths.d.ts'
    import { readItemsPathItemsItemIdGet } from './hey/index.ts'

    const client = createClient<paths>({ baseUrl: 'http://x', token: async () => 'secret' })
    export async function use (): Promise<void> {
      const { data, error } = await client.PUT('/fields/items/{item_id}', { params: { path: { item_id: 1 } }, body: { item: { name: 'a', price: 1 } } })
      if (Array.isArray(error?.detail)) for (const { msg } of error.detail) msg.toUpperCase()
      const value: unknown = data
      const known = await unwrap(client.GET('/basic/'))
      // @ts-expect-error -- there is no such path
      client.GET('/no/such')
      // @ts-expect-error -- the id is a number
      client.PUT('/fields/items/{item_id}', { params: { path: { item_id: 'a' } }, body: { item: { name: 'a', price: 1 } } })
      // @ts-expect-error -- the item needs a price
      client.PUT('/fields/items/{item_id}', { params: { path: { item_id: 1 } }, body: { item: { name: 'a' } } })
      void [value, known, readItemsPathItemsItemIdGet]
    }
  `)
  const program = ts.createProgram([join(dir, 'use.ts'), join(client, 'index.ts'), join(client, 'client.gen.ts')], {
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    module: ts.ModuleKind.Preserve,
    target: ts.ScriptTarget.ES2024,
    lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: ['node']
  })
  const wrong = ts.getPreEmitDiagnostics(program).map(({ file, messageText, start }) =>
    `${file?.fileName}:${file?.getLineAndCharacterOfPosition(start ?? 0).line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
  t.same(wrong, [])
})
