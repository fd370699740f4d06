import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { build } from 'esbuild'
import t from 'tap'

const root = join(import.meta.dirname, '..')

const APP = `
  import Fastify from 'fastify'
  import { Type } from '@sinclair/typebox'
  import dependencies, { dependency } from './plugins/dependencies/index.ts'
  import errors, { Conflict } from './plugins/errors/index.ts'
  import responseModel from './plugins/response-model/index.ts'
  import validation from './plugins/validation/index.ts'

  const generator = dependency(async function * () { yield 1 })
  async function make (...plugins) {
    const app = Fastify()
    for (const plugin of plugins) await app.register(plugin)
    app.get('/fails', { config: { depends: { generator } } }, async () => { throw new Conflict('no') })
    app.get('/wrong', { schema: { querystring: Type.Object({ q: Type.Integer() }) } }, async () => 'ok')
    const answers = []
    for (const url of ['/fails', '/wrong?q=x', '/nowhere']) {
      const { statusCode, body } = await app.inject(url)
      answers.push([statusCode, Object.keys(JSON.parse(body))])
    }
    await app.close()
    return answers
  }
  console.log(JSON.stringify([await make(errors, validation, responseModel, dependencies), await make(validation, responseModel, dependencies)]))
`

t.test('a minified bundle, in which functions have other names, starts and answers as the source does', async t => {
  const outfile = join(t.testdir(), 'app.mjs')
  await build({
    stdin: { contents: APP, resolveDir: root, loader: 'js' },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    outfile,
    // Fastify and others are CommonJS, and ask for Node's own modules by \`require\`.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'silent'
  })
  const output = JSON.parse(execFileSync(process.execPath, [outfile], { encoding: 'utf8' }))
  const answers = [[409, ['detail']], [422, ['detail']]]
  t.same(output, [[...answers, [404, ['detail']]], [...answers, [404, ['message', 'error', 'statusCode']]]])
})
