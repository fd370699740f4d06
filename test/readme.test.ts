import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { SECTIONS } from '../routes/sections.ts'

const root = join(import.meta.dirname, '..')

/** A block as it would run in an app that has installed the package, but on the source, and without taking a port. */
function runnable (block: string): string {
  return block
    .replaceAll(/'fastify-apikit(\/[a-z-]+)?'/g, (_specifier, name = '') => `'${pathToFileURL(join(root, 'plugins', name, 'index.ts')).href}'`)
    .replaceAll(/\b(\w+)\.listen\(.*\)/g, '$1.ready()')
}

for (const readme of globSync('{README.md,plugins/*/README.md,plugins/db/*/README.md,routes/README.md}', { cwd: root }).sort()) {
  const text = readFileSync(join(root, readme), 'utf8')
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)]
  if (blocks.length === 0) continue

  t.test(`the examples in ${readme} run`, async t => {
    const dir = t.testdir()
    for (const [number, { 1: block = '', index }] of blocks.entries()) {
      const line = text.slice(0, index).split('\n').length
      const file = join(dir, `block-${number}.ts`)
      writeFileSync(file, runnable(block))
      await t.resolves(import(pathToFileURL(file).href), `line ${line}`)
    }
  })
}

/** All pages of the repository. */
const pages = globSync(['**/*.md', '.github/**/*.md', '.agents/**/*.md'], { cwd: root, exclude: path => /(^|[/\\])(node_modules|scratch|dist|\.tap)$/.test(path) }).sort()

/** What is not code: a bracket in an example is no link. */
function prose (text: string): string {
  return text.replaceAll(/^(`{3,}).*?^\1`*$/gms, '')
}

/** The anchors of a page, as GitHub makes them: a second heading of one name ends in `-1`. */
function anchorsOf (text: string): Set<string> {
  const seen = new Map<string, number>()
  return new Set([...prose(text).matchAll(/^#{1,6} +(.*?) *$/gm)].map(([, heading = '']) => {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const anchor = words.replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '').replaceAll(' ', '-')
    const count = seen.get(anchor) ?? 0
    seen.set(anchor, count + 1)
    return count === 0 ? anchor : `${anchor}-${count}`
  }))
}

/** Links of a page that lead nowhere in the repository. */
function broken (page: string, text: string): string[] {
  const targets = [...prose(text).replaceAll(/`[^`\n]*`(?!\]\()/g, '').matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)].map(([, target = '']) => target)
  return targets.filter(target => !/^[a-z]+:/.test(target)).filter(target => {
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? join(root, page) : join(root, dirname(page), decodeURI(path))
    if (!existsSync(file)) return true
    return anchor !== undefined && !(file.endsWith('.md') && anchorsOf(readFileSync(file, 'utf8')).has(anchor))
  })
}

t.test('the links of all pages lead somewhere', async t => {
  t.ok(pages.includes('README.md') && pages.includes('routes/README.md') && pages.includes('scripts/bench/README.md'))
  for (const page of pages) t.same(broken(page, readFileSync(join(root, page), 'utf8')), [], page)
})

t.test('a link to a file or a heading that is not there is found', async t => {
  t.same([...anchorsOf('# A `b` (c)!\n## Twice\n## Twice\n```sh\n# a comment\n```\n')], ['a-b-c', 'twice', 'twice-1'])
  t.same(broken('routes/README.md', '[bad](none.md) [bad](#nowhere) [bad](../README.md#nowhere) [ok](#tutorial) `[code](none.ts)` [`ok`](index.ts)\n```\n[code](none.ts)\n```\n'), ['none.md', '#nowhere', '../README.md#nowhere'])
})

t.test('the tutorial has every section', async t => {
  const tutorial = readFileSync(join(root, 'routes', 'README.md'), 'utf8')
  for (const { name } of SECTIONS) t.match(tutorial, `](${name}/index.ts)`)
})
