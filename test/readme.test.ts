import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'

const root = join(import.meta.dirname, '..')

/** A block as it would run in an app that has installed the package, but on the source, and without taking a port. */
function runnable (block: string): string {
  return block
    .replaceAll(/'fastify-apikit(\/[a-z-]+)?'/g, (_specifier, name = '') => `'${pathToFileURL(join(root, 'plugins', name, 'index.ts')).href}'`)
    .replaceAll(/\b(\w+)\.listen\(.*\)/g, '$1.ready()')
}

for (const readme of globSync('{README.md,plugins/*/README.md}', { cwd: root }).sort()) {
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
