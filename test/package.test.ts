import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { scopesOf } from '../plugins/index.ts'
import { pluginsOf } from '../scripts/readme-tables.ts'
import { build } from './helper.ts'

const root = join(import.meta.dirname, '..')
const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const plugins = pluginsOf(root)

const HEADINGS = ['Usage', 'Options', 'Decorators', 'Errors', 'Scope', /^(Limits|Not done here)$/]

t.test('the folders in plugins/, the exports of the package and the table in the README are one list', async t => {
  const folders = Object.fromEntries([...plugins, 'client', 'types'].map(name => [`./${name}`, `./dist/plugins/${name}/index`]))
  const files = Object.entries({ '.': './dist/plugins/index', ...folders })
  // Node reads one file both ways; the declarations for `require` are others.
  const exported = files.map(([path, file]) => [path, { require: { types: `${file}.d.cts`, default: `${file}.js` }, default: `${file}.js` }])
  t.same(pkg.exports, { ...Object.fromEntries(exported), './package.json': './package.json' })

  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const rows = [...readme.matchAll(/^\| \[`([a-z-]+)`\]\(plugins\/([a-z-]+)\/README\.md\) \|/gm)]
  t.same(rows.map(([, name]) => name).sort(), plugins)
  t.same(rows.map(([, , folder]) => folder).sort(), plugins)
})

for (const plugin of plugins) {
  t.test(`the plugin ${plugin} is named after its folder and documented`, async t => {
    const module = await import(`../plugins/${plugin}/index.ts`)
    const meta = module.default[Symbol.for('plugin-meta')]
    t.match(meta, { name: `fastify-apikit/${plugin}`, fastify: '5.x || 6.x' })
    t.equal(module.default[Symbol.for('skip-override')], true)
    t.equal(module[plugin.replace(/-(\w)/g, (_dash, letter) => letter.toUpperCase())], module.default)

    const readme = readFileSync(join(root, 'plugins', plugin, 'README.md'), 'utf8')
    const headings = [...readme.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
    t.match([headings[0], ...headings.slice(1 - HEADINGS.length)], HEADINGS)
    t.match(readme, /^```ts$/m)

    const autoload = join(root, 'plugins', plugin, 'autoload.ts')
    if (existsSync(autoload)) t.equal((await import(autoload)).default, module.default)
  })
}

t.test('the reference app registers every plugin, by autoload.ts or in app.ts', async t => {
  const app = await build(t, { settings: { httpsRedirect: { enabled: true } } })
  const registered = new Set(scopesOf(app).flatMap(({ plugins }) => plugins.map(({ name }) => name)))
  // Overrides and typed requests are for the tests of an app, not for the app.
  t.same(plugins.filter(plugin => !registered.has(plugin)), ['testing'])
})

t.test('a plugin that is wired by a folder of its own can be taken out with it', async t => {
  for (const file of globSync('plugins/*/autoload.ts', { cwd: root })) {
    t.notMatch(readFileSync(join(root, 'app.ts'), 'utf8'), file.replace('autoload', 'index'))
  }
})

t.test('every error code is named after its constant, and is used once', async t => {
  const codes: string[] = []
  for (const file of globSync('plugins/**/*.ts', { cwd: root })) {
    const text = readFileSync(join(root, file), 'utf8')
    for (const [, constant, code] of text.matchAll(/(\w+) = createError(?:<.*?>)?\(\s*'(\w+)'/g)) {
      t.equal(constant, code, file)
      t.match(code, /^APIKIT_ERR_/)
      t.match(file, /^plugins\/[a-z-]+\/errors\.ts$/, 'errors stand in errors.ts, where the README’s table finds them')
      codes.push(String(code))
    }
  }
  t.ok(codes.length > 0)
  t.same(codes, [...new Set(codes)])
})

t.test('npm run docs', async t => {
  const run = (...args: string[]) => {
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts', 'readme-tables.ts'), ...args], { encoding: 'utf8' })
    return { status, lines: stdout.split('\n').filter(line => line !== '') }
  }

  t.test('has nothing to write: the READMEs say what the code says', async t => {
    t.same(run('--check'), { status: 0, lines: [] })
  })

  t.test('writes the tables of options and errors, and can tell when they differ', async t => {
    const index = `
      import { Type } from '@sinclair/typebox'
      export const DemoOptions = Type.Object({
        text: Type.String({ default: 'a"b', description: 'Some text.' }),
        list: Type.Optional(Type.Array(Type.Union([Type.Literal('a'), Type.Null()]))),
        bare: Type.Unsafe({ type: 'array' }),
        kind: Type.Unsafe({ enum: ['x', 1], default: 'x' })
      })
      export const AnotherOptions = Type.Object({ own: Type.Boolean({ description: 'Of another thing.' }) })`
    const errors = `
      import createError from '@fastify/error'
      /** The first
       * of two. */
      export const APIKIT_ERR_B = createError('APIKIT_ERR_B', 'b', 418)
      export const APIKIT_ERR_A = createError('APIKIT_ERR_A', 'a')
      export const other = 1`
    const dir = t.testdir({
      plugins: {
        demo: { 'index.ts': index, 'README.md': '# demo\n<!-- AnotherOptions -->\n<!-- /AnotherOptions -->\n<!-- options -->\nold\n<!-- /options -->\nend\n' },
        errors: { 'index.ts': 'export const NoOptions = 5', 'errors.ts': errors },
        internal: { 'errors.ts': '' }
      }
    })
    const files = ['plugins/demo/README.md', 'plugins/errors/README.md']
    t.same(run('--check', dir), { status: 1, lines: files.map(file => `differs: ${file}`) })
    t.same(run(dir), { status: 0, lines: files.map(file => `written: ${file}`) })
    t.same(run('--check', dir), { status: 0, lines: [] })

    t.equal(readFileSync(join(dir, files[0] as string), 'utf8'), [
      '# demo', '<!-- AnotherOptions -->',
      '| Option | Type | Default | Description |',
      '| --- | --- | --- | --- |',
      '| `own` | `boolean` | required | Of another thing. |',
      '<!-- /AnotherOptions -->', '<!-- options -->',
      '| Option | Type | Default | Description |',
      '| --- | --- | --- | --- |',
      "| `text` | `string` | `'a\\'b'` | Some text. |",
      "| `list` | `'a' \\| null[]` |  |  |",
      '| `bare` | `any[]` | required |  |',
      "| `kind` | `'x' \\| 1` | `'x'` |  |",
      '<!-- /options -->', 'end', ''
    ].join('\n'))
    t.equal(readFileSync(join(dir, files[1] as string), 'utf8'), [
      '', '<!-- options -->', 'None.', '<!-- /options -->',
      '', '<!-- errors -->',
      '| Code | Status | When |',
      '| --- | --- | --- |',
      '| `APIKIT_ERR_A` | 500 |  |',
      '| `APIKIT_ERR_B` | 418 | The first of two. |',
      '<!-- /errors -->', ''
    ].join('\n'))
  })
})

t.test('what is published is dist/, the pages and the skill, no source and no test', async t => {
  const packed = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  const files: string[] = [packed].flat()[0].files.map(({ path }: { path: string }) => path)
  const expected = /^(dist\/(plugins|scripts\/cli)\/.*|(plugins|scripts)\/[a-z-]+\/README\.md|plugins\/db\/[a-z]+\/README\.md|\.agents\/skills\/fastify-apikit\/SKILL\.md|README\.md|CHANGELOG\.md|LICENSE|package\.json)$/
  t.same(files.filter(file => !expected.test(file) || file.includes('autoload') || file.endsWith('.map')), [])
  for (const readme of ['plugins/errors', 'scripts/cli']) t.ok(files.includes(`${readme}/README.md`))
})
