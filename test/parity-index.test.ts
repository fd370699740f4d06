import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parityIndex } from '../scripts/parity-index.ts'
import { outdated } from '../scripts/readme-tables.ts'

const app = 'export default 1\n'

type Folders = Record<string, string | Record<string, string | Record<string, string>>>

/** A repository with these folders of apps. */
const repository = (apps: Folders) => ({ plugins: {}, test: { parity: { apps } } })

t.test('every app is listed beside its page, and parts of apps are not', async t => {
  const root = t.testdir(repository({
    'app.ts': app,
    first_steps: { 'tutorial001.ts': "export { default } from './other.ts'\n", 'other.ts': app, 'item.ts': 'export const item = 1\n' },
    app_testing: { app_a: { 'main.ts': app } },
    seed: { 'hosts.cors.ts': app }
  }))
  const index = parityIndex(root)
  t.equal(index?.file, join(root, 'test', 'parity', 'apps', 'README.md'))
  t.same(index?.text.split('\n').filter(line => line.includes('.ts)')), [
    '| [First Steps](https://fastapi.tiangolo.com/tutorial/first-steps/) | [tutorial001](first_steps/tutorial001.ts) |',
    '| [Testing](https://fastapi.tiangolo.com/tutorial/testing/) | [app_a/main](app_testing/app_a/main.ts) |',
    '| Sections of the tour that differ from those in [`routes/`](../../../routes/README.md) | [hosts.cors](seed/hosts.cors.ts) |'
  ])
  t.same(await outdated(root), [index], 'not written yet')
})

t.test('an index that says something else is outdated', async t => {
  const root = t.testdir(repository({ first_steps: { 'tutorial001.ts': app }, 'README.md': 'old' }))
  t.same((await outdated(root)).map(({ file }) => file), [join(root, 'test', 'parity', 'apps', 'README.md')])
})

t.test('a folder without a page is refused, a repository without apps is not', async t => {
  t.throws(() => parityIndex(t.testdir(repository({ nowhere: { 'tutorial001.ts': app } }))), /nowhere has no page\. Add one to PAGES in scripts\/parity-index\.ts/)
  t.equal(parityIndex(t.testdir({ plugins: {} })), undefined)
})

t.test('the index of this repository names all its apps', async t => {
  const root = join(import.meta.dirname, '..')
  const dir = join(root, 'test', 'parity', 'apps')
  t.equal(readFileSync(join(dir, 'README.md'), 'utf8'), parityIndex(root)?.text, 'else npm run docs')
  const tutorials = readdirSync(dir, { recursive: true, encoding: 'utf8' }).map(file => file.replaceAll('\\', '/')).filter(file => /\/(tutorial|test_)[^/]*\.ts$/.test(file))
  t.ok(tutorials.length > 200)
  t.same(tutorials.filter(file => !parityIndex(root)?.text.includes(`](${file})`)), [])
})
